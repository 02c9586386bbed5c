/** The provider block, read once into plain settings. Arguments that would be silently without effect are refused here. */
import { type Diagnostic, DiagnosticError } from '../engine/resource.ts';
import type { ObjectValue, Value } from '../engine/value.ts';
import { unknown } from '../engine/value.ts';
import type { CredentialSettings } from './credentials.ts';
import type { Environment } from './shared-files.ts';

export interface TagSettings {
  readonly defaults: ReadonlyMap<string, string>;
  readonly ignores: (key: string) => boolean;
}

export interface Settings extends CredentialSettings {
  readonly region: string | undefined;
  readonly skipRegionValidation: boolean;
  readonly endpoint: string | undefined;
  readonly sharedConfigFiles: readonly string[];
  readonly sharedCredentialsFiles: readonly string[];
  readonly allowedAccountIds: readonly string[];
  readonly forbiddenAccountIds: readonly string[];
  readonly customCaBundle: string | undefined;
  readonly insecure: boolean;
  /** PEM files; for servers that ask every client for a certificate. */
  readonly clientCertificate: string | undefined;
  readonly clientKey: string | undefined;
  readonly proxy: {
    readonly http: string | undefined;
    readonly https: string | undefined;
    readonly no: string | undefined;
  };
  /** Attempts per request, the first one included. */
  readonly maxAttempts: number;
  readonly userAgent: readonly string[];
  readonly tags: TagSettings;
}

const usualMaxAttempts = 25;

export function readSettings(config: ObjectValue, env: Environment): Settings {
  refuseUnsupported(config);
  return {
    accessKey: text(config.access_key),
    secretKey: text(config.secret_key),
    token: text(config.token),
    profile: text(config.profile),
    region: text(config.region),
    skipRegionValidation: config.skip_region_validation === true,
    endpoint: blocks(config.endpoints)
      .map((block) => text(block.kms))
      .find((url) => url !== undefined),
    sharedConfigFiles: texts(config.shared_config_files),
    sharedCredentialsFiles: texts(config.shared_credentials_files),
    allowedAccountIds: texts(config.allowed_account_ids),
    forbiddenAccountIds: texts(config.forbidden_account_ids),
    customCaBundle: text(config.custom_ca_bundle) ?? (env.AWS_CA_BUNDLE || undefined),
    insecure: config.insecure === true,
    clientCertificate: env.KEYSTEAD_CLIENT_CERT || undefined,
    clientKey: env.KEYSTEAD_CLIENT_KEY || undefined,
    proxy: {
      http: text(config.http_proxy) ?? env.HTTP_PROXY ?? env.http_proxy,
      https: text(config.https_proxy) ?? env.HTTPS_PROXY ?? env.https_proxy,
      no: text(config.no_proxy) ?? env.NO_PROXY ?? env.no_proxy,
    },
    maxAttempts: attempts(config.max_retries) ?? attempts(env.AWS_MAX_ATTEMPTS) ?? usualMaxAttempts,
    userAgent: [...texts(config.user_agent), ...(env.TF_APPEND_USER_AGENT ? [env.TF_APPEND_USER_AGENT] : [])],
    tags: { defaults: defaultTags(config, env), ignores: ignoredTags(config, env) },
  };
}

/** Paths of the arguments whose values Terraform does not know yet. */
export function unknownArguments(config: ObjectValue): readonly string[] {
  return Object.keys(config).filter((name) => holdsUnknown(config[name] ?? null));
}

function holdsUnknown(value: Value): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown);
}

/** Roles change who signs and with which rights: passing them over would do the right thing as the wrong principal. */
function refuseUnsupported(config: ObjectValue): void {
  const refused: Diagnostic[] = ['assume_role', 'assume_role_with_web_identity']
    .filter((name) => blocks(config[name]).length > 0)
    .map((name) => ({
      severity: 'error',
      summary: `${name} is not supported yet`,
      detail: `Remove the ${name} block and give the provider the credentials of the user that shall manage the keys.`,
      path: [name],
    }));
  if (refused.length > 0) throw new DiagnosticError(refused);
}

const defaultTagsPrefix = 'TF_AWS_DEFAULT_TAGS_';

function defaultTags(config: ObjectValue, env: Environment): ReadonlyMap<string, string> {
  const fromEnvironment = Object.entries(env)
    .filter(([name, value]) => name.startsWith(defaultTagsPrefix) && value !== undefined)
    .map(([name, value]) => [name.slice(defaultTagsPrefix.length), value ?? ''] as const);
  const fromBlock = blocks(config.default_tags).flatMap((block) =>
    Object.entries(typeof block.tags === 'object' && block.tags !== null ? block.tags : {}).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    ),
  );
  return new Map([...fromEnvironment, ...fromBlock]);
}

function ignoredTags(config: ObjectValue, env: Environment): (key: string) => boolean {
  const listed = (variable: string | undefined) => (variable ? variable.split(',').map((part) => part.trim()) : []);
  const found = blocks(config.ignore_tags);
  const keys = new Set([...found.flatMap((block) => texts(block.keys)), ...listed(env.TF_AWS_IGNORE_TAGS_KEYS)]);
  const prefixes = [
    ...found.flatMap((block) => texts(block.key_prefixes)),
    ...listed(env.TF_AWS_IGNORE_TAGS_KEY_PREFIXES),
  ];
  return (key) => keys.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}

function attempts(value: Value | undefined): number | undefined {
  const count = Number(value ?? Number.NaN);
  return Number.isInteger(count) ? Math.max(1, count) : undefined;
}

function blocks(value: Value | undefined): readonly ObjectValue[] {
  if (Array.isArray(value))
    return value.filter((block): block is ObjectValue => typeof block === 'object' && block !== null);
  return typeof value === 'object' && value !== null ? [value as ObjectValue] : [];
}

const text = (value: Value | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const texts = (value: Value | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
