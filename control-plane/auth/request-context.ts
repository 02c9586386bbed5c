/**
 * The condition keys of a request: what policies can ask about it.
 * Sources: KMS Developer Guide, "AWS KMS condition keys"; IAM User Guide, "AWS global condition context keys".
 *
 * A key that the request cannot have is absent, not empty. Names are lower case, since policies do not distinguish case
 * in them; pairs of an encryption context whose names differ only in case share one key with several values.
 */
import type { ConditionValues } from './conditions.ts';
import type { EncryptionContext, Grant } from './grants.ts';
import type { Principal } from './principal.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Of the request; a `Context` is one. */
export interface Caller {
  readonly principal: Principal;
  readonly region: string;
  readonly nowMs: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secureTransport: boolean;
}

/** Of the key; a `ResolvedKey` is one. */
export interface KeyFacts {
  readonly shared: {
    readonly key_id: string;
    readonly key_spec: string;
    readonly key_usage: string;
    readonly origin: string;
    /** 0 | 1 */
    readonly multi_region: number;
    readonly primary_region: string;
  };
  readonly regional: {
    readonly account_id: string;
    readonly region: string;
    /** JSON object: tag key → tag value. */
    readonly tags: string;
  };
  readonly viaAlias?: string;
}

export interface ConditionFacts {
  readonly ctx: Caller;
  /** `ReEncrypt` */
  readonly operation: string;
  /** `kms:ReEncryptFrom` */
  readonly action: string;
  readonly input: Input;
  readonly key?: KeyFacts;
  /** ReEncrypt: source and destination are the same key. */
  readonly sameKey?: boolean;
  /** Names of the key's aliases, for identity policies. */
  readonly keyAliases?: readonly string[];
  /** RetireGrant: the grant to retire. */
  readonly grant?: Grant;
}

type Values = Readonly<Record<string, string | readonly string[] | undefined>>;

export function conditionValues(facts: ConditionFacts): ConditionValues {
  return present({
    ...callerConditions(facts.ctx.principal),
    ...transport(facts.ctx),
    ...(withoutCallerAccount.has(facts.operation) && { 'kms:calleraccount': undefined }),
    ...(facts.key && keyConditions(facts.key, facts)),
    ...(facts.operation === 'CreateKey' && newKeyConditions(facts.input)),
    ...tagConditions(facts),
    ...encryptionContextConditions(facts),
    ...parameterConditions(facts),
  });
}

/** Operations that are asked about no key and no store of keys, and so not about the caller's account either. */
const withoutCallerAccount: ReadonlySet<string> = new Set([
  'ListKeys',
  'ListAliases',
  'GenerateRandom',
  'ListRetirableGrants',
]);

/** What is known of a caller whatever it asks. */
export function callerConditions(principal: Principal): ConditionValues {
  return present({
    'aws:principalarn': principal.arn,
    'aws:principalaccount': principal.accountId,
    'aws:principaltype': principal.kind === 'root' ? 'Account' : principal.kind === 'user' ? 'User' : undefined,
    'aws:principalisawsservice': String(principal.kind === 'service'),
    'aws:userid': principal.principalId,
    'aws:username': principal.kind === 'user' ? principal.userName : undefined,
    'kms:calleraccount': principal.accountId,
  });
}

function transport(ctx: Caller): Values {
  const iso = new Date(ctx.nowMs).toISOString();
  return {
    'aws:currenttime': `${iso.slice(0, 19)}Z`,
    'aws:epochtime': String(Math.floor(ctx.nowMs / 1000)),
    'aws:requestedregion': ctx.region,
    'aws:securetransport': String(ctx.secureTransport),
    'aws:sourceip': ctx.sourceIp || undefined,
    'aws:useragent': ctx.userAgent || undefined,
    'aws:viaawsservice': 'false',
  };
}

function keyConditions({ shared, regional, viaAlias }: KeyFacts, { operation, keyAliases }: ConditionFacts): Values {
  const tags = Object.entries(JSON.parse(regional.tags) as Record<string, string>);
  const primary = shared.primary_region === regional.region;
  return {
    'kms:keyspec': shared.key_spec,
    'kms:customermasterkeyspec': shared.key_spec,
    'kms:keyusage': shared.key_usage,
    'kms:customermasterkeyusage': shared.key_usage,
    'kms:keyorigin': shared.origin,
    'kms:multiregion': String(shared.multi_region === 1),
    'kms:multiregionkeytype': shared.multi_region === 1 ? (primary ? 'PRIMARY' : 'REPLICA') : undefined,
    'kms:requestalias': aliasAddressed.has(operation) ? viaAlias : undefined,
    'kms:resourcealiases': keyAliases,
    'aws:resourceaccount': regional.account_id,
    ...Object.fromEntries(tags.map(([name, value]) => [`aws:resourcetag/${name.toLowerCase()}`, value])),
  };
}

/** CreateKey has no key yet: the request's parameters, defaults included, stand for it. */
function newKeyConditions(input: Input): Values {
  const keySpec = text(input.KeySpec) ?? text(input.CustomerMasterKeySpec) ?? 'SYMMETRIC_DEFAULT';
  const keyUsage = text(input.KeyUsage) ?? 'ENCRYPT_DECRYPT';
  return {
    'kms:keyspec': keySpec,
    'kms:customermasterkeyspec': keySpec,
    'kms:keyusage': keyUsage,
    'kms:customermasterkeyusage': keyUsage,
    'kms:keyorigin': text(input.Origin) ?? 'AWS_KMS',
    'kms:multiregion': String(input.MultiRegion === true),
    'kms:multiregionkeytype': input.MultiRegion === true ? 'PRIMARY' : undefined,
  };
}

function tagConditions({ operation, input }: ConditionFacts): Values {
  if (operation === 'UntagResource') return { 'aws:tagkeys': strings(input.TagKeys) };
  if (!['CreateKey', 'ReplicateKey', 'TagResource'].includes(operation)) return {};
  const tags = (Array.isArray(input.Tags) ? input.Tags : []) as readonly Input[];
  return {
    'aws:tagkeys': tags.map(({ TagKey }) => String(TagKey)),
    ...Object.fromEntries(
      tags.map((tag) => [`aws:requesttag/${String(tag.TagKey).toLowerCase()}`, text(tag.TagValue)]),
    ),
  };
}

/** The encryption context that an action works under; undefined for actions without one. */
export function encryptionContextOf(action: string, input: Input): EncryptionContext | undefined {
  const member = encryptionContextMembers[action];
  const value = member === undefined ? undefined : input[member];
  return typeof value === 'object' && value !== null ? (value as EncryptionContext) : undefined;
}

const encryptionContextMembers: Readonly<Record<string, string>> = {
  'kms:Encrypt': 'EncryptionContext',
  'kms:Decrypt': 'EncryptionContext',
  'kms:ReEncryptFrom': 'SourceEncryptionContext',
  'kms:ReEncryptTo': 'DestinationEncryptionContext',
  'kms:GenerateDataKey': 'EncryptionContext',
  'kms:GenerateDataKeyWithoutPlaintext': 'EncryptionContext',
  'kms:GenerateDataKeyPair': 'EncryptionContext',
  'kms:GenerateDataKeyPairWithoutPlaintext': 'EncryptionContext',
};

/** CreateGrant and RetireGrant are asked about the pairs of the grant's constraint. */
function encryptionContextConditions({ action, input, grant }: ConditionFacts): Values {
  const constraints = (action === 'kms:CreateGrant' ? input.Constraints : grant?.constraints) as
    | Grant['constraints']
    | undefined;
  const context =
    encryptionContextOf(action, input) ??
    constraints?.EncryptionContextEquals ??
    constraints?.EncryptionContextSubset ??
    {};
  const byName = new Map<string, string[]>();
  for (const [name, value] of Object.entries(context)) {
    const key = `kms:encryptioncontext:${name.toLowerCase()}`;
    const values = byName.get(key);
    // Extended in place: a hostile context has thousands of names that differ only in case.
    if (values) values.push(value);
    else byName.set(key, [value]);
  }
  return { ...Object.fromEntries(byName), 'kms:encryptioncontextkeys': Object.keys(context) };
}

const aliasAddressed: ReadonlySet<string> = new Set([
  'Encrypt',
  'Decrypt',
  'ReEncrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'Sign',
  'Verify',
  'GenerateMac',
  'VerifyMac',
  'DeriveSharedSecret',
  'DescribeKey',
  'GetPublicKey',
]);

/** Condition keys that repeat a parameter, by operation; a default counts where the service documents one. */
function parameterConditions(facts: ConditionFacts): Values {
  const rule = Object.hasOwn(parameterRules, facts.operation) ? parameterRules[facts.operation] : undefined;
  return rule?.(facts) ?? {};
}

type ParameterRule = (facts: ConditionFacts) => Values;

const SYMMETRIC_DEFAULT = 'SYMMETRIC_DEFAULT';

const cipher: ParameterRule = ({ input }) => ({
  'kms:encryptionalgorithm': text(input.EncryptionAlgorithm) ?? SYMMETRIC_DEFAULT,
});
const dataKey: ParameterRule = () => ({ 'kms:encryptionalgorithm': SYMMETRIC_DEFAULT });
const dataKeyPair: ParameterRule = ({ input }) => ({
  'kms:encryptionalgorithm': SYMMETRIC_DEFAULT,
  'kms:datakeypairspec': text(input.KeyPairSpec),
});
const signing: ParameterRule = ({ input }) => ({
  'kms:signingalgorithm': text(input.SigningAlgorithm),
  'kms:messagetype': text(input.MessageType) ?? 'RAW',
});
const mac: ParameterRule = ({ input }) => ({ 'kms:macalgorithm': text(input.MacAlgorithm) });
const lockoutBypass: ParameterRule = ({ input }) => ({
  'kms:bypasspolicylockoutsafetycheck': text(input.BypassPolicyLockoutSafetyCheck),
});
const grantConstraintType = (constraints: Grant['constraints']) =>
  constraints?.EncryptionContextEquals
    ? 'EncryptionContextEquals'
    : constraints?.EncryptionContextSubset
      ? 'EncryptionContextSubset'
      : undefined;

const parameterRules: Readonly<Record<string, ParameterRule>> = {
  CreateKey: lockoutBypass,
  PutKeyPolicy: lockoutBypass,
  ReplicateKey: (facts) => ({ ...lockoutBypass(facts), 'kms:replicaregion': text(facts.input.ReplicaRegion) }),
  UpdatePrimaryRegion: ({ input }) => ({ 'kms:primaryregion': text(input.PrimaryRegion) }),
  Encrypt: cipher,
  Decrypt: cipher,
  ReEncrypt: ({ action, input, sameKey }) => ({
    'kms:encryptionalgorithm':
      text(action === 'kms:ReEncryptTo' ? input.DestinationEncryptionAlgorithm : input.SourceEncryptionAlgorithm) ??
      SYMMETRIC_DEFAULT,
    'kms:reencryptonsamekey': sameKey === undefined ? undefined : String(sameKey),
  }),
  GenerateDataKey: dataKey,
  GenerateDataKeyWithoutPlaintext: dataKey,
  GenerateDataKeyPair: dataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: dataKeyPair,
  Sign: signing,
  Verify: signing,
  GenerateMac: mac,
  VerifyMac: mac,
  DeriveSharedSecret: ({ input }) => ({ 'kms:keyagreementalgorithm': text(input.KeyAgreementAlgorithm) }),
  CreateGrant: ({ input }) => {
    const constraints = input.Constraints as (Grant['constraints'] & { readonly SourceArn?: string }) | undefined;
    return {
      'kms:grantconstrainttype': grantConstraintType(constraints),
      'kms:grantconstraintsourcearn': constraints?.SourceArn,
      'kms:grantisforawsresource': 'false',
      'kms:grantoperations': strings(input.Operations),
      'kms:granteeprincipal': text(input.GranteePrincipal),
      'kms:granteeserviceprincipal': text(input.GranteeServicePrincipal),
      'kms:retiringprincipal': text(input.RetiringPrincipal),
      'kms:retiringserviceprincipal': text(input.RetiringServicePrincipal),
    };
  },
  ListGrants: () => ({ 'kms:grantisforawsresource': 'false' }),
  RevokeGrant: () => ({ 'kms:grantisforawsresource': 'false' }),
  RetireGrant: ({ grant }) => ({ 'kms:grantconstrainttype': grantConstraintType(grant?.constraints) }),
  EnableKeyRotation: ({ input }) => ({ 'kms:rotationperiodindays': text(input.RotationPeriodInDays) ?? '365' }),
  ScheduleKeyDeletion: ({ input }) => ({
    'kms:schedulekeydeletionpendingwindowindays': text(input.PendingWindowInDays) ?? '30',
  }),
  GetParametersForImport: ({ input }) => ({
    'kms:wrappingalgorithm': text(input.WrappingAlgorithm),
    'kms:wrappingkeyspec': text(input.WrappingKeySpec),
  }),
  ImportKeyMaterial: ({ input }) => ({
    'kms:expirationmodel': text(input.ExpirationModel),
    'kms:validto': input.ValidTo instanceof Date ? String(input.ValidTo.getTime() / 1000) : text(input.ValidTo),
  }),
};

/** Strings, numbers and booleans as their text. */
function text(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Drops what the request does not have; a list without members is not had either. */
function present(values: Values): ConditionValues {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string | readonly string[]] =>
        entry[1] !== undefined && (typeof entry[1] === 'string' || entry[1].length > 0),
    ),
  );
}
