/**
 * The credential chain of the AWS SDKs, as far as it makes sense without AWS: provider block, its profile, environment,
 * an identity token in the environment, AWS_PROFILE or the default profile (static keys, credential_process, or a role
 * with its source profile). A profile that needs a source of AWS itself (SSO, instance metadata) is refused and not
 * passed over. The provider and the `keystead` commands share it.
 */
import { readFile } from 'node:fs/promises';
import { defined } from '@keystead/provider-schema/defined.ts';
import { CredentialError } from './credential-error.ts';
import type { CredentialPlan, FoundCredentials, RoleRequest, WebIdentityRequest } from './sessions.ts';
import type { Environment, SharedFiles } from './shared-files.ts';

type PathStep = string | number;

export interface CredentialSettings {
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly sessionToken: string | undefined;
  readonly profile: string | undefined;
  readonly roles?: readonly RoleRequest[];
  readonly webIdentity?: WebIdentityRequest | undefined;
  readonly webIdentityFirst?: boolean;
}

/**
 * What the chain finds first, and the roles to assume with it: those of the profile, then those of the provider block.
 * @returns undefined when nothing is configured
 * @throws CredentialError when something is configured and cannot be used
 */
export async function findInChain(
  settings: CredentialSettings,
  env: Environment,
  files: SharedFiles,
): Promise<CredentialPlan | undefined> {
  const { webIdentity, roles = [] } = settings;
  const found =
    (settings.webIdentityFirst ? byIdentityToken(webIdentity) : undefined) ??
    asIs(fromBlock(settings)) ??
    (settings.profile === undefined ? undefined : await fromProfile(settings.profile, ['profile'], files, env)) ??
    asIs(fromEnvironment(env)) ??
    byIdentityToken(webIdentity) ??
    (await fromProfile(env.AWS_PROFILE || 'default', undefined, files, env));
  return found && { ...found, roles: [...found.roles, ...roles] };
}

const asIs = (base: FoundCredentials | undefined): CredentialPlan | undefined => base && { base, roles: [] };
const byIdentityToken = (base: WebIdentityRequest | undefined): CredentialPlan | undefined =>
  base && { base, roles: [] };

function fromBlock({ accessKey, secretKey, sessionToken }: CredentialSettings): FoundCredentials | undefined {
  if (accessKey === undefined && secretKey === undefined) return undefined;
  if (accessKey === undefined) throw halfPair('access_key', 'secret_key');
  if (secretKey === undefined) throw halfPair('secret_key', 'access_key');
  return credentials(accessKey, secretKey, sessionToken, 'the provider block');
}

function fromEnvironment(env: Environment): FoundCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken } = env;
  return id && secret ? credentials(id, secret, sessionToken || undefined, 'the environment') : undefined;
}

async function fromProfile(
  name: string,
  path: readonly PathStep[] | undefined,
  files: SharedFiles,
  env: Environment,
  seen: readonly string[] = [],
): Promise<CredentialPlan | undefined> {
  const profile = files.profile(name);
  if (profile === undefined) {
    if (path === undefined && !env.AWS_PROFILE) return undefined;
    throw failure(
      `Profile ${name} not found`,
      `No section for it in ${lookedAt(files)}. Correct the name or add it.`,
      path,
    );
  }
  if (seen.includes(name)) {
    throw failure(`Profile ${name} is its own source`, `source_profile leads back to it: ${seen.join(', ')}.`, path);
  }
  const role = roleOf(profile);
  // A profile that names itself as its source has the keys that assume its role.
  if (role && profile.get('source_profile') !== name) return fromRoleProfile(name, role, path, files, env, seen);
  const own = await ownCredentials(name, profile, path);
  if (own) return { base: own, roles: role ? [role] : [] };
  const unsupported = ['sso_session', 'sso_start_url'].find((property) => profile.has(property));
  if (unsupported !== undefined) {
    throw failure(
      `Profile ${name} needs ${unsupported}, which is not supported`,
      'Use a profile with aws_access_key_id and aws_secret_access_key, with credential_process, or with role_arn.',
      path,
    );
  }
  if (path === undefined && !env.AWS_PROFILE) return undefined;
  throw failure(
    `Profile ${name} has no credentials`,
    'Add aws_access_key_id and aws_secret_access_key, or credential_process, to it.',
    path,
  );
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html */
function roleOf(profile: ReadonlyMap<string, string>): RoleRequest | undefined {
  const RoleArn = profile.get('role_arn');
  if (!RoleArn) return undefined;
  const seconds = Number(profile.get('duration_seconds') ?? Number.NaN);
  return {
    RoleArn,
    ...defined({
      RoleSessionName: profile.get('role_session_name') || undefined,
      ExternalId: profile.get('external_id') || undefined,
      DurationSeconds: Number.isInteger(seconds) ? seconds : undefined,
    }),
  };
}

async function fromRoleProfile(
  name: string,
  role: RoleRequest,
  path: readonly PathStep[] | undefined,
  files: SharedFiles,
  env: Environment,
  seen: readonly string[],
): Promise<CredentialPlan> {
  const profile = files.profile(name);
  const identityTokenFile = profile?.get('web_identity_token_file');
  if (identityTokenFile) {
    const { ExternalId: _, ...request } = role;
    return {
      base: { ...request, identityToken: async () => (await readFile(identityTokenFile, 'utf8')).trim() },
      roles: [],
    };
  }
  const source = profile?.get('source_profile');
  const found = source
    ? await fromProfile(source, path ?? [], files, env, [...seen, name])
    : profile?.get('credential_source') === 'Environment'
      ? asIs(fromEnvironment(env))
      : undefined;
  if (found) return { ...found, roles: [...found.roles, role] };
  throw failure(
    `Profile ${name} has no credentials to assume its role with`,
    'Add source_profile, web_identity_token_file, or credential_source = Environment to it.',
    path,
  );
}

async function ownCredentials(
  name: string,
  profile: ReadonlyMap<string, string>,
  path: readonly PathStep[] | undefined,
): Promise<FoundCredentials | undefined> {
  const id = profile.get('aws_access_key_id');
  const secret = profile.get('aws_secret_access_key');
  if (id && secret) return credentials(id, secret, profile.get('aws_session_token') || undefined, `profile ${name}`);
  const command = profile.get('credential_process');
  return command ? fromProcess(command, name, path) : undefined;
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
async function fromProcess(
  command: string,
  profile: string,
  path: readonly PathStep[] | undefined,
): Promise<FoundCredentials> {
  const [{ exec }, { promisify }] = await Promise.all([import('node:child_process'), import('node:util')]);
  const fail = (why: string) =>
    failure(`credential_process of profile ${profile} gave no credentials`, `${why} The command is: ${command}`, path);
  const { stdout } = await promisify(exec)(command, { timeout: 60_000 }).catch((error: Error) => {
    throw fail(`It failed: ${error.message.split('\n')[0]}.`);
  });
  const output = parseObject(stdout);
  const text = (name: string) => (typeof output?.[name] === 'string' ? output[name] : undefined);
  const id = text('AccessKeyId');
  const secret = text('SecretAccessKey');
  if (output?.Version !== 1 || id === undefined || secret === undefined) {
    throw fail('Its output is not JSON with Version 1, AccessKeyId and SecretAccessKey.');
  }
  return credentials(id, secret, text('SessionToken'), `credential_process of profile ${profile}`);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The files, and which of them do not exist. */
export const lookedAt = (files: SharedFiles): string =>
  files.looked.map(({ path, found }) => (found ? path : `${path} (does not exist)`)).join(', ');

const credentials = (
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken: string | undefined,
  source: string,
): FoundCredentials => ({
  accessKeyId,
  secretAccessKey,
  ...defined({ sessionToken }),
  source,
});

const halfPair = (missing: string, present: string): CredentialError =>
  failure('Incomplete credentials', `${present} is set but ${missing} is not. Set both or neither.`, [missing]);

function failure(summary: string, detail: string, path?: readonly PathStep[]): CredentialError {
  return new CredentialError(summary, detail, path);
}
