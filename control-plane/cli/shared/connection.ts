/** How commands reach a running control plane: its REST door, signed with the caller's AWS credentials. */
import { randomUUID } from 'node:crypto';
import {
  credentialsOf,
  type OpenSession,
  SessionRefusal,
  type SigningCredentials,
} from '@keystead/provider/credentials/sessions.ts';
import { isRegion } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import { encodeRestCall } from '@keystead/provider-schema/rest-call.ts';
import { type Command, Option } from 'commander';
import { Gate } from '../../runtime/gate.ts';
import { signRequest } from '../../sigv4/verify.ts';
import { asCommandError, type CredentialOptions, describePlan, findCredentials } from './credentials.ts';
import { openHttp, type SendHttp } from './http.ts';
import { CommandError } from './report.ts';
import { version } from './version.ts';

export interface ConnectionOptions extends CredentialOptions {
  readonly endpoint: string;
  readonly region: string;
}

export function withConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--endpoint <url>', 'the running control plane')
        .env('KEYSTEAD_ENDPOINT')
        .default('http://127.0.0.1:8600'),
    )
    .addOption(
      new Option(
        '--data-dir <dir>',
        "the server's data directory: its credentials file is used when no credentials are configured",
      )
        .env('KEYSTEAD_DATA_DIR')
        .default('.keystead'),
    )
    .addOption(new Option('--as-root', 'sign as the root principal, with the credentials file in --data-dir'))
    .addOption(new Option('--region <region>', 'Region of the request').env('AWS_REGION').default('us-east-1'));
}

export interface Connection {
  /** For people: the credentials in use and where they came from. */
  readonly signsWith: string;
  /**
   * `call('CreateUser', { UserName })`, in the command's Region unless another one is named.
   * @throws CommandError with the service's code, message and request id.
   */
  call<Name extends OperationName>(name: Name, input: InputJson<Name>, region?: string): Promise<OutputJson<Name>>;
}

/** Calls under way at once; more would only queue in the control plane. */
const MAX_CALLS = 16;

export async function connect(options: ConnectionOptions): Promise<Connection> {
  const endpoint = requireUrl(options.endpoint);
  requireRegion(options.region);
  const plan = await findCredentials(options);
  const send = await openHttp(endpoint);
  const exchange = exchangeOver(send, endpoint, options.endpoint);
  const open = ((name: 'AssumeRole' | 'AssumeRoleWithWebIdentity', input: never, by?: SigningCredentials) =>
    exchange(name, input, options.region, by).catch((error: unknown) => {
      throw error instanceof Refusal ? new SessionRefusal(error.message) : error;
    })) as OpenSession;
  const signer = credentialsOf(plan, open, () => new Date(), 'keystead');
  const gate = new Gate(MAX_CALLS);
  return {
    signsWith: describePlan(plan),
    call: (name, input, region = options.region) =>
      gate.run(async () => exchange(name, input, region, await signer().catch(asCommandError))),
  };
}

type Exchange = <Name extends OperationName>(
  name: Name,
  input: InputJson<Name>,
  region: string,
  /** undefined: the request is not signed */
  by: SigningCredentials | undefined,
) => Promise<OutputJson<Name>>;

/** @param named the endpoint as the user wrote it, for messages */
function exchangeOver(send: SendHttp, endpoint: URL, named: string): Exchange {
  return async <Name extends OperationName>(
    name: Name,
    input: InputJson<Name>,
    region: string,
    by: SigningCredentials | undefined,
  ) => {
    const { method, target, body, takesIdempotencyKey } = encodeRestCall(name, input);
    const url = new URL(target, endpoint);
    const payload = Buffer.from(body);
    const unsigned = {
      'content-type': 'application/json',
      'user-agent': `keystead/${version}`,
      ...defined({ 'idempotency-key': takesIdempotencyKey ? randomUUID() : undefined }),
    };
    const scope = { region, service: 'kms', nowMs: Date.now() };
    const headers = by
      ? signRequest({ method, url, headers: unsigned, body: payload, credentials: by, ...scope })
      : unsigned;
    const { status, text } = await send(url, { method, headers, body: payload }).catch((error: Error) => {
      throw unreachable(named, error);
    });
    const answer = parseAnswer(named, text);
    if (status < 300) return answer as OutputJson<Name>;
    throw refusal(answer);
  };
}

function requireUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CommandError(
    `--endpoint: "${text}" is not an http or https URL.`,
    'Write it like http://127.0.0.1:8600 (--endpoint or KEYSTEAD_ENDPOINT).',
  );
}

function requireRegion(text: string): void {
  if (isRegion(text)) return;
  throw new CommandError(
    `--region: "${text}" is not a Region.`,
    'Write it like eu-central-1 (--region or AWS_REGION).',
  );
}

function unreachable(endpoint: string, { code, message }: NodeJS.ErrnoException): CommandError {
  const why = code === 'ECONNREFUSED' ? '' : ` (${message || code || 'the connection failed'})`;
  if (/CERT|SSL|TLS|VERIFY/.test(code ?? '')) {
    return new CommandError(
      `The TLS connection to ${endpoint} failed${why}.`,
      "Name the CA of the server's certificate with AWS_CA_BUNDLE, and a client certificate, where the server " +
        'asks for one, with KEYSTEAD_CLIENT_CERT and KEYSTEAD_CLIENT_KEY.',
    );
  }
  return new CommandError(
    `There is no control plane at ${endpoint}${why}.`,
    'Start it with "keystead serve", or name its address with --endpoint or KEYSTEAD_ENDPOINT.',
  );
}

type Answer = Readonly<Record<string, unknown>>;

function parseAnswer(endpoint: string, text: string): Answer {
  try {
    return text === '' ? {} : (JSON.parse(text) as Answer);
  } catch {
    throw new CommandError(
      `${endpoint} answers, but not as a Keystead control plane.`,
      'Name the address that "keystead serve" printed with --endpoint or KEYSTEAD_ENDPOINT.',
    );
  }
}

/** The service's refusal, with its code for callers that branch on it. */
export class Refusal extends CommandError {
  readonly code: string;
  constructor(code: string, message: string, hint: string) {
    super(message, hint);
    this.code = code;
  }
}

const hints: Readonly<Record<string, string>> = {
  EntityAlreadyExistsException:
    '"keystead identity create-access-key" makes another access key for a user that exists; the list commands show the rest.',
  NoSuchEntityException:
    '"keystead identity list-users", "list-groups", "list-roles" and "list-policies" show what there is.',
  UnrecognizedClientException:
    'The control plane does not know the access key: check AWS_ACCESS_KEY_ID, AWS_PROFILE and the shared files; --as-root signs as the root principal.',
  InvalidSignatureException:
    'Check the secret access key, the Region, and that the clocks differ by less than five minutes.',
};

function refusal(answer: Answer): Refusal {
  const code = String(answer.code ?? 'unknown error');
  return new Refusal(
    code,
    `${code}: ${answer.detail ?? 'no message'} (request ${answer.requestId ?? 'unknown'})`,
    hints[code] ?? '"keystead audit tail" shows the request as the control plane saw it.',
  );
}
