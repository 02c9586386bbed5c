/**
 * Errors as diagnostics a user can act on: what was being done, the service's code and text, what to do, request id.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { ConnectionError, isProtectedFromDeletion, ServiceError } from '../../client/service-error.ts';
import { type Diagnostic, DiagnosticError, type PathStep } from '../../engine/resource.ts';

type Path = readonly PathStep[];

/**
 * Runs `work`; what the client throws becomes a diagnostic at `path`.
 * @param ifProtected what to do about a key that is protected from deletion, where more is known than its error says
 */
export async function attempt<T>(
  doing: string,
  path: Path | undefined,
  work: () => Promise<T>,
  ifProtected?: string,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new DiagnosticError(failuresOf(error, doing, path, ifProtected));
  }
}

/** For warnings, which leave out what the client is refused: the plan itself shows errors where they matter. */
export async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ServiceError || error instanceof ConnectionError) return undefined;
    throw error;
  }
}

/** Any error but the client's own is a fault of the provider and is thrown again. */
export function failuresOf(
  error: unknown,
  doing: string,
  path?: Path,
  ifProtected: string = isProtected,
): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  if (error instanceof ServiceError) return [{ ...serviceFailure(error, doing, ifProtected), ...pathFor(error, path) }];
  if (error instanceof ConnectionError) return [connectionFailure(error, doing)];
  throw error;
}

function serviceFailure(error: ServiceError, doing: string, ifProtected: string): Diagnostic {
  const cause = error.message === '' ? error.code : `${error.code}: ${error.message}`;
  const request = error.requestId === undefined ? '' : `\nRequest id: ${error.requestId}`;
  const remedy = isProtectedFromDeletion(error) ? ifProtected : remedyOf(error);
  return {
    severity: 'error',
    summary: doing,
    detail: `${cause}${remedy === undefined ? '' : `\n\n${remedy}`}${request}`,
  };
}

function remedyOf({ code, status }: ServiceError): string | undefined {
  return remedies[code] ?? (status >= 500 ? serverFault : undefined);
}

function connectionFailure(error: ConnectionError, doing: string): Diagnostic {
  return {
    severity: 'error',
    summary: doing,
    detail:
      `No answer from the Keystead control plane at ${error.endpoint}: ${error.message}\n\n` +
      (/CERT|SIGN/.test(error.code) ? untrusted : unreachable),
  };
}

const unreachable =
  'Check that `keystead serve` runs and listens there, and that the endpoint in the provider block or the environment ' +
  'is right.';

const untrusted =
  'Name the file with the certificate authority of the control plane in custom_ca_bundle or AWS_CA_BUNDLE, or correct ' +
  'the host name in the endpoint.';

const serverFault = 'The control plane failed. Its log says why; look for the request id there, then apply again.';

const isProtected =
  'To keep the key, undo what destroys or replaces it. To give it up, set deletion_protection = false in its resource and ' +
  'apply that alone; then apply this again.';

const signing =
  'Check the access key and its secret (provider block, environment or shared credentials file): they must belong ' +
  'to this control plane and be active.';

const remedies: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'Allow the action to this principal in the key policy or by a grant, or give the provider credentials that allow it.',
  AlreadyExistsException: 'Import the existing object with `terraform import`, or choose another name.',
  CustomKeyStoreHasCMKsException: 'Delete its KMS keys first; they are gone when their waiting periods are over.',
  CustomKeyStoreInvalidStateException:
    'Connect or disconnect the key store first (ConnectCustomKeyStore, DisconnectCustomKeyStore), then apply again: keys ' +
    'need it connected; deleting it, and most changes of it, need it disconnected.',
  DisabledException: 'Enable the key first (is_enabled = true).',
  ExpiredTokenException: 'Get a new session token and run Terraform again.',
  IncompleteSignatureException: signing,
  IncorrectKeyMaterialException:
    'Check key_material_base64: its length or form must fit key_spec (a private key: PKCS#8, DER), and a key that had ' +
    'material before accepts only the same material again.',
  InvalidClientTokenId: signing,
  InvalidSignatureException: `${signing} Check also that this machine's clock is right: it can differ by five minutes at most.`,
  KMSInvalidStateException: 'Bring the key into a state that permits this, then apply again.',
  LimitExceededException: 'Remove what is no longer needed, or spread it over more keys.',
  MalformedPolicyDocumentException:
    'Correct the policy document. It must name existing principals, and it must let the principal that Terraform runs ' +
    'as change it again, unless bypass_policy_lockout_safety_check = true.',
  MissingAuthenticationTokenException: signing,
  NotFoundException: 'Check the key id or ARN, its Region and its account.',
  TagException: 'Correct the tags: keys of 1 to 128 characters that do not begin with aws:, values of up to 256.',
  UnrecognizedClientException: signing,
  UnsupportedOperationException: 'Change the arguments: the control plane does not do this for this kind of key.',
};

/** Some codes say by themselves which argument is meant. */
function pathFor(error: ServiceError, path: Path | undefined): { readonly path?: Path } {
  return defined({ path: argumentsMeant[error.code] ?? path });
}

const argumentsMeant: Readonly<Record<string, Path>> = {
  MalformedPolicyDocumentException: ['policy'],
  TagException: ['tags'],
};

export interface Step {
  readonly doing: string;
  /** The argument that the step applies. */
  readonly path: Path;
  /** false: nothing to do. */
  readonly when: boolean;
  run(): Promise<unknown>;
}

/** Runs the steps in order up to the first that fails, and returns its diagnostics; the steps before it stay done. */
export async function runSteps(steps: readonly Step[]): Promise<readonly Diagnostic[]> {
  for (const step of steps.filter(({ when }) => when)) {
    try {
      await step.run();
    } catch (error) {
      return failuresOf(error, step.doing, step.path);
    }
  }
  return [];
}
