/**
 * Roles that the provider assumes: with the credentials it found, or with an identity token and no credentials at all,
 * each role of a chain with the session of the one before. Sessions are opened when the first request needs them, and
 * renewed shortly before they end, so that a long apply can go on.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import { DiagnosticError, type PathStep } from '../engine/resource.ts';
import { ServiceError } from './service-error.ts';
import type { SigningCredentials } from './sigv4.ts';

type AssumeRole = InputJson<'AssumeRole'>;

export interface RoleRequest extends Omit<AssumeRole, 'RoleSessionName'> {
  readonly RoleSessionName?: string | undefined;
  /** Where the role is named, for diagnostics. */
  readonly path?: readonly PathStep[];
}

export interface WebIdentityRequest
  extends Pick<RoleRequest, 'RoleArn' | 'RoleSessionName' | 'DurationSeconds' | 'Policy' | 'PolicyArns' | 'path'> {
  /** Read again for every session, because the file is renewed from outside. */
  readonly identityToken: () => Promise<string>;
}

/** What to sign with, once the roles are assumed. */
export interface CredentialPlan {
  readonly base: SigningCredentials | WebIdentityRequest;
  readonly roles: readonly RoleRequest[];
}

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

/** @returns gives the current credentials; calls at the same time share one new session */
export function credentialsOf(
  plan: CredentialPlan,
  open: OpenSession,
  now: () => Date,
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
      current = openAll(plan, open, now, known === undefined);
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
  now: () => Date,
  first: boolean,
): Promise<Opened> {
  const sessionName = `terraform-${now().getTime()}`;
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
  /** true while the provider is configured: only then can a diagnostic point into its block. */
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
    if (!(error instanceof ServiceError)) throw error;
    const detail = `${error.code}: ${error.message} (request ${error.requestId ?? 'unknown'})`;
    const summary = `Cannot assume ${RoleArn}`;
    throw new DiagnosticError([{ severity: 'error', summary, detail, ...defined({ path: first ? path : undefined }) }]);
  }
}

const unitsInSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** `1h30m`, as Terraform providers write durations, in seconds; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitsInSeconds[unit ?? ''] ?? 0), 0));
}
