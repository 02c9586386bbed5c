/** Reads the provider block once into plain settings, and refuses arguments that are incomplete or malformed. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { unsafeChangesValues } from '@keystead/provider-schema/provider.ts';
import type { CredentialSettings } from '../credentials/chain.ts';
import type { RoleRequest, WebIdentityRequest } from '../credentials/sessions.ts';
import type { Environment } from '../credentials/shared-files.ts';
import { readIdentityToken, webIdentityOf } from '../credentials/web-identity.ts';
import { DiagnosticError, type PathStep } from '../engine/resource.ts';
import type { ObjectValue, Value } from '../engine/value.ts';
import { unknown } from '../engine/value.ts';

export interface TagSettings {
  readonly defaults: ReadonlyMap<string, string>;
  readonly ignores: (key: string) => boolean;
}

/** What a plan does about a change that would break something: says so, refuses it, or does not ask. */
export type UnsafeChanges = (typeof unsafeChangesValues)[number];

export interface Settings extends CredentialSettings {
  /** Roles to assume, each with the session of the one before. */
  readonly roles: readonly RoleRequest[];
  readonly webIdentity: WebIdentityRequest | undefined;
  /** The provider block names the web identity: it is used before any credentials. */
  readonly webIdentityFirst: boolean;
  readonly region: string | undefined;
  readonly skipRegionValidation: boolean;
  readonly endpoint: string | undefined;
  /** http:// is accepted beyond loopback too. */
  readonly allowPlaintext: boolean;
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
  readonly unsafeChanges: UnsafeChanges;
  /** How long a use of a key counts as recent. */
  readonly recentUseInDays: number;
}

const defaultMaxAttempts = 25;

export function readSettings(config: ObjectValue, env: Environment): Settings {
  return {
    accessKey: text(config.access_key),
    secretKey: text(config.secret_key),
    sessionToken: text(config.token),
    profile: text(config.profile),
    roles: roles(config),
    webIdentity: webIdentity(config, env),
    webIdentityFirst: blocks(config.assume_role_with_web_identity).length > 0,
    region: text(config.region),
    skipRegionValidation: config.skip_region_validation === true,
    endpoint: blocks(config.endpoints)
      .map((block) => text(block.kms))
      .find((url) => url !== undefined),
    allowPlaintext:
      typeof config.allow_plaintext_endpoint === 'boolean'
        ? config.allow_plaintext_endpoint
        : env.KEYSTEAD_ALLOW_PLAINTEXT_ENDPOINT === 'true',
    sharedConfigFiles: texts(config.shared_config_files),
    sharedCredentialsFiles: [
      ...texts(config.shared_credentials_files),
      ...[text(config.shared_credentials_file)].filter((file) => file !== undefined),
    ],
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
    maxAttempts: attempts(config.max_retries) ?? attempts(env.AWS_MAX_ATTEMPTS) ?? defaultMaxAttempts,
    userAgent: [...texts(config.user_agent), ...(env.TF_APPEND_USER_AGENT ? [env.TF_APPEND_USER_AGENT] : [])],
    tags: { defaults: defaultTags(config, env), ignores: ignoredTags(config, env) },
    unsafeChanges: unsafeChanges(config, env),
    recentUseInDays:
      typeof config.recent_use_days === 'number' ? config.recent_use_days : limits.recentUseInDays.default,
  };
}

function unsafeChanges(config: ObjectValue, env: Environment): UnsafeChanges {
  const asked = text(config.unsafe_changes) ?? (env.KEYSTEAD_UNSAFE_CHANGES || 'warn');
  const known = unsafeChangesValues.find((value) => value === asked);
  if (known !== undefined) return known;
  throw failure(
    'Invalid KEYSTEAD_UNSAFE_CHANGES',
    `"${asked}" is not one of ${unsafeChangesValues.join(', ')}. Correct the environment variable.`,
  );
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

/** A block without a role, as modules leave it for optional use, is skipped. */
function roles(config: ObjectValue): readonly RoleRequest[] {
  return blocks(config.assume_role).flatMap((block, i) => {
    const path = ['assume_role', i];
    const RoleArn = text(block.role_arn);
    if (RoleArn === undefined) return [];
    const tags = Object.entries(typeof block.tags === 'object' && block.tags !== null ? block.tags : {}).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    return [
      {
        RoleArn,
        ...roleArguments(block, path),
        ...defined({
          ExternalId: text(block.external_id),
          SourceIdentity: text(block.source_identity),
          Tags: unlessEmpty(tags.map(([Key, Value]) => ({ Key, Value }))),
          TransitiveTagKeys: unlessEmpty(texts(block.transitive_tag_keys)),
        }),
      },
    ];
  });
}

/** From the block, or from the environment of a CI job. */
function webIdentity(config: ObjectValue, env: Environment): WebIdentityRequest | undefined {
  const [block] = blocks(config.assume_role_with_web_identity);
  const path = ['assume_role_with_web_identity', 0];
  const ofEnvironment = env.TF_AWS_WEB_IDENTITY_TOKEN || undefined;
  if (block === undefined) return webIdentityOf(env, ofEnvironment);
  const role = roleArguments(block, path);
  const identityToken = text(block.web_identity_token) ?? ofEnvironment;
  const file = text(block.web_identity_token_file) ?? (env.AWS_WEB_IDENTITY_TOKEN_FILE || undefined);
  const RoleArn = text(block.role_arn) ?? (env.AWS_ROLE_ARN || undefined);
  if (RoleArn === undefined || (identityToken === undefined && file === undefined)) {
    throw failure(
      'assume_role_with_web_identity is incomplete',
      'It needs role_arn or AWS_ROLE_ARN, and web_identity_token, web_identity_token_file or AWS_WEB_IDENTITY_TOKEN_FILE.',
      path,
    );
  }
  const name = role.RoleSessionName ?? (env.AWS_ROLE_SESSION_NAME || undefined);
  return {
    ...role,
    RoleArn,
    ...defined({ RoleSessionName: name }),
    identityToken: async () => identityToken ?? readIdentityToken(file ?? '', path),
  };
}

function roleArguments(block: ObjectValue, path: readonly PathStep[]) {
  const duration = text(block.duration);
  const inSeconds = typeof block.duration_seconds === 'number' ? block.duration_seconds : undefined;
  const DurationSeconds = duration === undefined ? inSeconds : parseDuration(duration);
  if (duration !== undefined && DurationSeconds === undefined) {
    throw failure('Invalid duration', `"${duration}" is not a duration. Write it like 1h or 1h30m.`, [
      ...path,
      'duration',
    ]);
  }
  return {
    path,
    ...defined({
      RoleSessionName: text(block.session_name),
      DurationSeconds,
      Policy: text(block.policy),
      PolicyArns: unlessEmpty(texts(block.policy_arns).map((arn) => ({ arn }))),
    }),
  };
}

const unitsInSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** `1h30m`, as Terraform providers write durations, in seconds; undefined when the text is not a duration. */
function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitsInSeconds[unit ?? ''] ?? 0), 0));
}

const unlessEmpty = <T>(values: readonly T[]): readonly T[] | undefined => (values.length === 0 ? undefined : values);

const failure = (summary: string, detail: string, path?: readonly PathStep[]) =>
  new DiagnosticError([{ severity: 'error', summary, detail, ...defined({ path }) }]);

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
