/**
 * The condition keys of a request, which policies can use.
 * Sources: KMS Developer Guide, "AWS KMS condition keys"; IAM User Guide, "AWS global condition context keys".
 *
 * A key that the request cannot have is absent, not empty. Names are lower case, since policies do not distinguish case
 * in them; tags and pairs of an encryption context whose names differ only in case share one key with several values.
 * The tags of the resource and of the request can also be asked for by their exact keys.
 * A value is computed only when a policy asks for it.
 */
import type { Organization } from '@keystead/provider-schema/organization.ts';
import type { Authority } from './authority.ts';
import type { Conditions, ConditionValue } from './conditions.ts';
import { type EncryptionContext, type Grant, meantConstraints } from './grants.ts';
import { type Principal, serviceNames } from './principal.ts';
import { tagValue } from './tags.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Facts of the request; a `Context` has them. */
export interface Caller {
  readonly principal: Principal;
  readonly authority: Authority;
  readonly region: string;
  readonly nowMs: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secureTransport: boolean;
}

/** Facts of the key; a `ResolvedKey` has them. */
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
  /** CreateKey's permission for a replica: the primary key of the new replica. */
  readonly replicaOf?: KeyFacts;
  /** ReEncrypt: source and destination are the same key. */
  readonly sameKey?: boolean;
  /** Of the key's account. Absent: it has none; or it is another account than the caller's, and no policy asks. */
  readonly resourceOrganization?: Organization;
  /** Tags of the identity that the request is about. */
  readonly resourceTags?: Readonly<Record<string, string>>;
  /** ARN of the identity's permissions boundary. */
  readonly permissionsBoundary?: string;
  /** Names of the key's aliases; absent when no policy uses them. */
  readonly keyAliases?: readonly string[];
  /** Whole days since the key's last use; absent when no policy uses them or the key was never used. */
  readonly daysWithoutUse?: number;
  /** RetireGrant: the grant to retire. */
  readonly grant?: Grant;
}

type Values = Readonly<Record<string, ConditionValue>>;
type Rule = (facts: ConditionFacts) => ConditionValue;

/** The condition keys of these facts; each family of keys, and each costly one, is computed at most once. */
export function conditionsOf(facts: ConditionFacts): Conditions {
  // Most decisions need none of these.
  let costly: Map<string, ConditionValue> | undefined;
  const costlyValue = (name: string, rule: Rule) => {
    costly ??= new Map();
    if (!costly.has(name)) costly.set(name, rule(facts));
    return costly.get(name);
  };
  const computed = new Map<Family, ReadonlyMap<string, ConditionValue>>();
  const tags = new Map<Family, Tags>();
  const valuesOf = (family: Family) => {
    const known = computed.get(family) ?? family.values(facts);
    computed.set(family, known);
    return known;
  };
  const tagsOf = (family: Family) => {
    const known = tags.get(family) ?? family.tags?.(facts) ?? [];
    tags.set(family, known);
    return known;
  };
  return (name, tagKey) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule) return costlyKeys.has(name) ? costlyValue(name, rule) : rule(facts);
    const family = families.find(({ prefix }) => name.startsWith(prefix));
    if (family && tagKey !== undefined) return tagValue(tagsOf(family), tagKey);
    return family && valuesOf(family).get(name.slice(family.prefix.length));
  };
}

/** Keys whose values take long to make: lists of a request, which can be long, and times. */
const costlyKeys: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:tokenissuetime',
  'aws:tagkeys',
  'kms:encryptioncontextkeys',
  'sts:transitivetagkeys',
]);

/** Every key that the request has, for explanations: name → values. */
export function allConditions(facts: ConditionFacts): Readonly<Record<string, string | readonly string[]>> {
  const single = Object.entries(rules).map(([name, rule]) => [name, rule(facts)] as const);
  const several = families.flatMap(({ prefix, values }) =>
    [...values(facts)].map(([name, value]) => [`${prefix}${name}`, value] as const),
  );
  const had = [...single, ...several].filter(
    (entry): entry is [string, string | readonly string[]] =>
      entry[1] !== undefined && (typeof entry[1] === 'string' || entry[1].length > 0),
  );
  return Object.fromEntries(had.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The part of an authority that condition keys of the caller depend on. */
type CallerAuthority = Pick<Authority, 'organization'>;

/**
 * Keys that can have several values in a request (Service Authorization Reference, `ArrayOf…`; IAM User Guide, "AWS
 * global condition context keys"). Their value is a list, also when it has one.
 */
const multivalued: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:tagkeys',
  'kms:encryptioncontextkeys',
  'kms:grantoperations',
  'aws:resourceorgpaths',
  'kms:resourcealiases',
  'sts:transitivetagkeys',
]);

/** The values of a key, as they are given for a request that is not a real one, in the form of a real one's. */
export function conditionValue(name: string, values: readonly string[]): ConditionValue {
  return values.length === 1 && !multivalued.has(name) ? values[0] : values;
}

/** The condition keys of a caller that do not depend on the request. */
export function callerConditions(principal: Principal, authority: CallerAuthority): Conditions {
  return (name) => (Object.hasOwn(callerRules, name) ? callerRules[name]?.(principal, authority) : undefined);
}

const principalTypes = { root: 'Account', user: 'User', 'assumed-role': 'AssumedRole' } as const;

/** AWS services are in nobody's organization. */
const organizationOf = ({ kind }: Principal, { organization }: CallerAuthority): Organization | undefined =>
  kind === 'aws-service' ? undefined : organization;

const callerRules: Readonly<Record<string, (principal: Principal, authority: CallerAuthority) => ConditionValue>> = {
  'aws:principalarn': (principal) =>
    principal.kind === 'assumed-role'
      ? principal.roleArn
      : principal.kind === 'root' || principal.kind === 'user'
        ? principal.arn
        : undefined,
  'aws:principalaccount': ({ accountId }) => accountId,
  'aws:principaltype': ({ kind }) =>
    Object.hasOwn(principalTypes, kind) ? principalTypes[kind as keyof typeof principalTypes] : undefined,
  'aws:principalisawsservice': ({ kind }) => String(kind === 'aws-service' || kind === 'service'),
  'aws:principalservicename': ({ kind, arn }) => (kind === 'aws-service' ? arn : undefined),
  'aws:principalservicenameslist': (principal) =>
    principal.kind === 'aws-service' ? serviceNames(principal) : undefined,
  'aws:principalorgid': (principal, authority) => organizationOf(principal, authority)?.id,
  'aws:principalorgpaths': (principal, authority) => organizationOf(principal, authority)?.paths,
  'aws:userid': ({ principalId }) => principalId,
  'aws:username': (principal) => (principal.kind === 'user' ? principal.userName : undefined),
  'kms:calleraccount': ({ accountId }) => accountId,
};

/** Operations without a key or key store; for them kms:CallerAccount is absent. */
const withoutCallerAccount: ReadonlySet<string> = new Set([
  'ListKeys',
  'ListAliases',
  'GenerateRandom',
  'ListRetirableGrants',
]);

const isoSeconds = (atMs: number) => new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
const seconds = (atMs: number) => String(Math.floor(atMs / 1000));

/** Only calls that a service makes in its own name have a source. */
const sourceOf = ({ principal, authority }: Caller) =>
  principal.kind === 'aws-service' ? authority.source : undefined;
/** Name, as a principal, of the service that acts for the caller. */
const calledVia = ({ authority: { viaService } }: Caller) => viaService?.replace(/^([^.]+)\.[^.]+\./, '$1.');
const throughService = ({ principal, authority }: Caller) =>
  principal.kind === 'aws-service' || authority.viaService !== undefined;

const ofKey =
  (read: (key: KeyFacts, facts: ConditionFacts) => ConditionValue): Rule =>
  (facts) =>
    facts.key && read(facts.key, facts);

/** Value of the key, of a new replica's primary key, or of a new key's parameters, including defaults. */
const ofAnyKey =
  (read: (shared: KeyFacts['shared']) => string, fromInput: (input: Input) => string): Rule =>
  ({ key, replicaOf, operation, input }) =>
    key || replicaOf
      ? read((key ?? (replicaOf as KeyFacts)).shared)
      : operation === 'CreateKey'
        ? fromInput(input)
        : undefined;

const keySpec = ofAnyKey(
  ({ key_spec }) => key_spec,
  (input) => text(input.KeySpec) ?? text(input.CustomerMasterKeySpec) ?? SYMMETRIC_DEFAULT,
);
const keyUsage = ofAnyKey(
  ({ key_usage }) => key_usage,
  (input) => text(input.KeyUsage) ?? 'ENCRYPT_DECRYPT',
);

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    Object.entries(callerRules).map(([name, rule]) => [
      name,
      ({ ctx }: ConditionFacts) => rule(ctx.principal, ctx.authority),
    ]),
  ),
  'kms:calleraccount': ({ ctx, operation }) =>
    withoutCallerAccount.has(operation) ? undefined : ctx.principal.accountId,

  'aws:currenttime': ({ ctx }) => isoSeconds(ctx.nowMs),
  'aws:epochtime': ({ ctx }) => seconds(ctx.nowMs),
  'aws:requestedregion': ({ ctx }) => ctx.region,
  'aws:securetransport': ({ ctx }) => String(ctx.secureTransport),
  // The request came from the service's address, which is not the caller's.
  'aws:sourceip': ({ ctx }) => (throughService(ctx) ? undefined : ctx.sourceIp || undefined),
  'aws:useragent': ({ ctx }) => ctx.userAgent || undefined,

  'aws:viaawsservice': ({ ctx }) => String(ctx.authority.viaService !== undefined),
  'aws:calledvia': ({ ctx }) => {
    const service = calledVia(ctx);
    return service === undefined ? undefined : [service];
  },
  'aws:calledviafirst': ({ ctx }) => calledVia(ctx),
  'aws:calledvialast': ({ ctx }) => calledVia(ctx),
  'aws:sourcearn': ({ ctx }) => sourceOf(ctx)?.arn,
  'aws:sourceaccount': ({ ctx }) => sourceOf(ctx)?.accountId,
  'kms:viaservice': ({ ctx, key, operation }) =>
    key || operation === 'CreateKey' ? ctx.authority.viaService : undefined,

  // Only temporary credentials have this key; Keystead never asks for a second factor.
  'aws:multifactorauthpresent': ({ ctx }) => (ctx.authority.session ? 'false' : undefined),
  'aws:tokenissuetime': ({ ctx }) => ctx.authority.session && isoSeconds(ctx.authority.session.issuedAtMs),
  'aws:sourceidentity': ({ ctx }) => ctx.authority.session?.sourceIdentity,
  'aws:federatedprovider': ({ ctx }) => ctx.authority.session?.federatedProvider,

  'kms:keyspec': keySpec,
  'kms:customermasterkeyspec': keySpec,
  'kms:keyusage': keyUsage,
  'kms:customermasterkeyusage': keyUsage,
  'kms:keyorigin': ofAnyKey(
    ({ origin }) => origin,
    (input) => text(input.Origin) ?? 'AWS_KMS',
  ),
  'kms:multiregion': ofAnyKey(
    ({ multi_region }) => String(multi_region === 1),
    (input) => String(input.MultiRegion === true),
  ),
  'kms:multiregionkeytype': ({ key, replicaOf, operation, input }) => {
    if (key) return multiRegionKeyType(key);
    if (replicaOf) return 'REPLICA';
    return operation === 'CreateKey' && input.MultiRegion === true ? 'PRIMARY' : undefined;
  },
  'kms:requestalias': ofKey(({ viaAlias }, { operation }) =>
    operationsWithAlias.has(operation) ? viaAlias : undefined,
  ),
  'kms:resourcealiases': ofKey((_key, { keyAliases }) => keyAliases),
  'kms:trailingdayswithoutkeyusage': ofKey((_key, { operation, daysWithoutUse }) =>
    ['DisableKey', 'ScheduleKeyDeletion'].includes(operation) ? text(daysWithoutUse) : undefined,
  ),
  'aws:resourceaccount': ofKey(({ regional }) => regional.account_id),
  'aws:resourceorgid': ofKey((_key, { resourceOrganization }) => resourceOrganization?.id),
  'aws:resourceorgpaths': ofKey((_key, { resourceOrganization }) => resourceOrganization?.paths),

  'aws:tagkeys': ({ operation, input }) =>
    operation.startsWith('Untag') ? strings(input.TagKeys) : requestTags(input).map(([name]) => name),
  'kms:encryptioncontextkeys': (facts) => Object.keys(contextOf(facts)),

  'iam:awsservicename': ({ action, input }) => (action.startsWith('iam:') ? text(input.AWSServiceName) : undefined),
  'iam:permissionsboundary': ({ action, input, permissionsBoundary }) =>
    action.startsWith('iam:') ? (text(input.PermissionsBoundary) ?? permissionsBoundary) : undefined,
  'iam:policyarn': ({ action, input }) => (action.startsWith('iam:') ? text(input.PolicyArn) : undefined),
  'sts:rolesessionname': ({ action, input }) => (action.startsWith('sts:') ? text(input.RoleSessionName) : undefined),
  'sts:externalid': ({ action, input }) => (action.startsWith('sts:') ? text(input.ExternalId) : undefined),
  'sts:sourceidentity': ({ action, input }) => (action.startsWith('sts:') ? text(input.SourceIdentity) : undefined),
  'sts:transitivetagkeys': ({ action, input }) =>
    action.startsWith('sts:') ? strings(input.TransitiveTagKeys) : undefined,
};

function multiRegionKeyType({ shared, regional }: KeyFacts): ConditionValue {
  if (shared.multi_region !== 1) return undefined;
  return shared.primary_region === regional.region ? 'PRIMARY' : 'REPLICA';
}

/** Keys whose names end in a name from the request; the last family has all other keys. */
interface Family {
  readonly prefix: string;
  /** Values by the end of the name, lower case. */
  readonly values: (facts: ConditionFacts) => ReadonlyMap<string, ConditionValue>;
  /** Of a family that names tags: these, with their exact keys. */
  readonly tags?: (facts: ConditionFacts) => Tags;
}

type Tags = readonly (readonly [key: string, value: string])[];

const taggedFamily = (prefix: string, tags: (facts: ConditionFacts) => Tags): Family => ({
  prefix,
  tags,
  values: (facts) => byLowerCase(tags(facts)),
});

const families: readonly Family[] = [
  taggedFamily('aws:resourcetag/', ({ key, resourceTags = {} }) =>
    Object.entries(key ? (JSON.parse(key.regional.tags) as Record<string, string>) : resourceTags),
  ),
  { prefix: 'iam:resourcetag/', values: ({ resourceTags = {} }) => byLowerCase(Object.entries(resourceTags)) },
  taggedFamily('aws:requesttag/', ({ input }) => requestTags(input)),
  { prefix: 'aws:principaltag/', values: ({ ctx }) => byLowerCase(Object.entries(ctx.authority.principalTags)) },
  { prefix: 'kms:encryptioncontext:', values: (facts) => byLowerCase(Object.entries(contextOf(facts))) },
  {
    prefix: '',
    values: (facts) =>
      new Map([
        ...Object.entries(facts.ctx.authority.session?.federatedClaims ?? {}).map(
          ([name, value]) => [name.toLowerCase(), value] as const,
        ),
        ...Object.entries(parameterConditions(facts)),
      ]),
  },
];

function byLowerCase(entries: readonly (readonly [string, string])[]): ReadonlyMap<string, ConditionValue> {
  const byName = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const key = name.toLowerCase();
    const values = byName.get(key);
    // Extended in place: a hostile context has thousands of names that differ only in case.
    if (values) values.push(value);
    else byName.set(key, [value]);
  }
  return new Map(
    [...byName].map(([key, [first, ...more]]) => [key, more.length === 0 ? first : [first ?? '', ...more]]),
  );
}

/** KMS has TagKey and TagValue, IAM and STS have Key and Value. */
function requestTags({ Tags }: Input): readonly (readonly [string, string])[] {
  if (!Array.isArray(Tags)) return [];
  return (Tags as readonly Input[]).map((tag) => [
    String(tag.TagKey ?? tag.Key),
    text(tag.TagValue ?? tag.Value) ?? '',
  ]);
}

/** The encryption context of an action; undefined for actions without one. */
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

/** For CreateGrant and RetireGrant, the pairs of the grant's constraint. */
function contextOf({ action, input, grant }: ConditionFacts): EncryptionContext {
  const constraints =
    action === 'kms:CreateGrant' ? meantConstraints(input.Constraints as Grant['constraints']) : grant?.constraints;
  return (
    encryptionContextOf(action, input) ??
    constraints?.EncryptionContextEquals ??
    constraints?.EncryptionContextSubset ??
    {}
  );
}

const operationsWithAlias: ReadonlySet<string> = new Set([
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
  'Encapsulate',
  'Decapsulate',
  'DescribeKey',
  'GetPublicKey',
]);

/** Condition keys that repeat a parameter, by operation, including documented defaults. */
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
const encapsulation: ParameterRule = ({ input }) => ({
  'kms:encapsulationalgorithm': text(input.EncapsulationAlgorithm),
});
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
  Encapsulate: encapsulation,
  Decapsulate: encapsulation,
  CreateGrant: ({ input, ctx }) => {
    const constraints = meantConstraints(input.Constraints as Grant['constraints']);
    return {
      'kms:grantconstrainttype': grantConstraintType(constraints),
      'kms:grantconstraintsourcearn': constraints?.SourceArn,
      'kms:grantisforawsresource': String(throughService(ctx)),
      'kms:grantoperations': [...new Set(strings(input.Operations))],
      'kms:granteeprincipal': text(input.GranteePrincipal),
      'kms:granteeserviceprincipal': text(input.GranteeServicePrincipal),
      'kms:retiringprincipal': text(input.RetiringPrincipal),
      'kms:retiringserviceprincipal': text(input.RetiringServicePrincipal),
    };
  },
  ListGrants: ({ ctx }) => ({ 'kms:grantisforawsresource': String(throughService(ctx)) }),
  RevokeGrant: ({ ctx }) => ({ 'kms:grantisforawsresource': String(throughService(ctx)) }),
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
