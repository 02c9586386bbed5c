/**
 * Roles that a client assumes: with the credentials it found, or with an identity token and no credentials at all,
 * each role of a chain with the session of the one before. Sessions are opened when the first request needs them, and
 * renewed shortly before they end, so that a long apply can go on.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import { CredentialError } from './credential-error.ts';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface FoundCredentials extends SigningCredentials {
  /** For people: where they came from. */
  readonly source: string;
}

type AssumeRole = InputJson<'AssumeRole'>;

export interface RoleRequest extends Omit<AssumeRole, 'RoleSessionName'> {
  readonly RoleSessionName?: string | undefined;
  /** Where the role is named, for diagnostics. */
  readonly path?: readonly (string | number)[];
}

export interface WebIdentityRequest
  extends Pick<RoleRequest, 'RoleArn' | 'RoleSessionName' | 'DurationSeconds' | 'Policy' | 'PolicyArns' | 'path'> {
  /** Read again for every session, because the file is renewed from outside. */
  readonly identityToken: () => Promise<string>;
}

/** What to sign with, once the roles are assumed. */
export interface CredentialPlan {
  readonly base: FoundCredentials | WebIdentityRequest;
  readonly roles: readonly RoleRequest[];
}

/** The control plane refused to open a session; the message says why. */
export class SessionRefusal extends Error {
  override readonly name = 'SessionRefusal';
}

/** Both throw SessionRefusal. */
export interface OpenSession {
  (name: 'AssumeRole', input: AssumeRole, by: SigningCredentials): Promise<OutputJson<'AssumeRole'>>;
  (
    name: 'AssumeRoleWithWebIdentity',
    input: InputJson<'AssumeRoleWithWebIdentity'>,
  ): Promise<OutputJson<'AssumeRoleWithWebIdentity'>>;
}

/** Sessions are renewed this long before they end. */
const renewedBeforeMs = 5 * 60_000;

interface Opened {
  readonly credentials: SigningCredentials;
  readonly endsAtMs: number;
}

/**
 * @param program begins the name of a session that has none
 * @returns gives the current credentials; calls at the same time share one new session
 */
export function credentialsOf(
  plan: CredentialPlan,
  open: OpenSession,
  now: () => Date,
  program: string,
): () => Promise<SigningCredentials> {
  const { base, roles } = plan;
  if (!('identityToken' in base) && roles.length === 0) return async () => base;
  let current: Promise<Opened> | undefined;
  return async () => {
    const held = current;
    const known = await held;
    if (known && known.endsAtMs - renewedBeforeMs > now().getTime()) return known.credentials;
    // Another call can have begun to open the next session.
    if (current === held) {
      current = openAll(plan, open, `${program}-${now().getTime()}`, known === undefined);
      current.catch(() => {
        current = undefined;
      });
    }
    return (await (current as Promise<Opened>)).credentials;
  };
}

async function openAll(
  { base, roles }: CredentialPlan,
  open: OpenSession,
  sessionName: string,
  first: boolean,
): Promise<Opened> {
  let opened: Opened =
    'identityToken' in base
      ? await explained(base, first, async () => {
          const { identityToken, path: _, RoleSessionName = sessionName, ...input } = base;
          const WebIdentityToken = await identityToken();
          return open('AssumeRoleWithWebIdentity', { ...input, RoleSessionName, WebIdentityToken });
        })
      : { credentials: base, endsAtMs: Number.POSITIVE_INFINITY };
  for (const role of roles) {
    const { path: _, RoleSessionName = sessionName, ...input } = role;
    const by = opened.credentials;
    const next = await explained(role, first, () => open('AssumeRole', { ...input, RoleSessionName }, by));
    opened = { ...next, endsAtMs: Math.min(next.endsAtMs, opened.endsAtMs) };
  }
  return opened;
}

async function explained(
  { RoleArn, path }: Pick<RoleRequest, 'RoleArn' | 'path'>,
  /** true while the provider is configured: only then can an error point into its block. */
  first: boolean,
  open: () => Promise<OutputJson<'AssumeRole'> | OutputJson<'AssumeRoleWithWebIdentity'>>,
): Promise<Opened> {
  try {
    const { Credentials } = await open();
    return {
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      },
      endsAtMs: Credentials.Expiration * 1000,
    };
  } catch (error) {
    if (!(error instanceof SessionRefusal)) throw error;
    throw new CredentialError(`Cannot assume ${RoleArn}`, error.message, first ? path : undefined);
  }
}
