/**
 * Quotas of an account in a Region, as AWS KMS sets them: requests per second, and numbers of resources.
 * Limits that AWS does not adjust (tags, policy size, on-demand rotations of a key) are in limits.ts.
 * Source: AWS KMS Developer Guide, "Request quotas", "Resource quotas".
 */
import { isRegion } from './arn.ts';
import type { Service } from './records.ts';

/** The rate of one quota, for each account and Region. */
export interface RequestQuota {
  readonly perSecond: number;
  /** Regions with another rate. */
  readonly perSecondIn?: Readonly<Record<string, number>>;
  /** The rate in the Regions of the China partition. */
  readonly perSecondInChina?: number;
}

const each = <Name extends string>(perSecond: number, ...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, { perSecond }])) as Readonly<Record<Name, RequestQuota>>;

const atRate = (perSecond: number, ...regions: readonly string[]) =>
  Object.fromEntries(regions.map((region) => [region, perSecond]));

/**
 * Requests per second, by quota. A quota of one operation has the operation's name, a quota that operations share is
 * called `Crypto…`, a quota for one kind of data key pair is called `DataKeyPair` and the spec, and one for all
 * operations of another API has the API's name.
 */
export const requestQuotas = {
  CryptoSymmetric: {
    perSecond: 10_000,
    perSecondIn: {
      ...atRate(100_000, 'us-east-1', 'us-west-2', 'eu-west-1'),
      ...atRate(20_000, 'us-east-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'eu-central-1', 'eu-west-2'),
    },
  },
  ...each(1000, 'CryptoRsa', 'CryptoEcc', 'CryptoMlDsa'),
  /** Not published yet: name and rate as for ML-DSA, for data key pairs as for elliptic curves. */
  ...each(1000, 'CryptoMlKem'),
  ...each(100, 'DataKeyPairMlKem512', 'DataKeyPairMlKem768', 'DataKeyPairMlKem1024'),
  /** For each store. Its requests also count against CryptoSymmetric. */
  ...each(1800, 'CryptoCustomKeyStore'),
  ...each(
    100,
    'DataKeyPairEccNistP256',
    'DataKeyPairEccNistP384',
    'DataKeyPairEccNistP521',
    'DataKeyPairEccSecgP256k1',
    'DataKeyPairEccNistEdwards25519',
  ),
  ...each(25, 'DataKeyPairSm2'),
  DataKeyPairRsa2048: { perSecond: 20, perSecondInChina: 1 },
  DataKeyPairRsa3072: { perSecond: 4, perSecondInChina: 0.5 },
  DataKeyPairRsa4096: { perSecond: 1, perSecondInChina: 0.1 },
  ...each(2000, 'DescribeKey', 'GetPublicKey', 'ListResourceTags'),
  ...each(1000, 'GetKeyPolicy', 'GetKeyRotationStatus'),
  ...each(500, 'ListAliases', 'ListKeys'),
  ...each(100, 'ListGrants', 'ListKeyPolicies', 'ListKeyRotations', 'ListRetirableGrants'),
  ...each(50, 'CreateGrant', 'RetireGrant', 'RevokeGrant'),
  ...each(
    15,
    'DeleteAlias',
    'DeleteImportedKeyMaterial',
    'EnableKeyRotation',
    'ImportKeyMaterial',
    'PutKeyPolicy',
    'ScheduleKeyDeletion',
  ),
  ...each(10, 'TagResource'),
  ...each(
    5,
    'CancelKeyDeletion',
    'ConnectCustomKeyStore',
    'CreateAlias',
    'CreateCustomKeyStore',
    'CreateKey',
    'DeleteCustomKeyStore',
    'DescribeCustomKeyStores',
    'DisableKey',
    'DisableKeyRotation',
    'DisconnectCustomKeyStore',
    'EnableKey',
    'GetKeyLastUsage',
    'ReplicateKey',
    'RotateKeyOnDemand',
    'UntagResource',
    'UpdateAlias',
    'UpdateCustomKeyStore',
    'UpdateKeyDescription',
    'UpdatePrimaryRegion',
  ),
  ...each(1, 'GetParametersForImport'),
  /** Source: AWS CloudTrail API reference, LookupEvents. */
  ...each(2, 'LookupEvents'),
  /** Source: IAM User Guide, "IAM and AWS STS quotas", "STS request quotas". */
  ...each(600, 'Sts'),
  /** AWS does not publish IAM's. Counted in all Regions together, because IAM is global. */
  ...each(100, 'Iam'),
  /** Our own operations, which read or change a whole key at once. */
  ...each(1000, 'Keystead'),
} as const satisfies Readonly<Record<string, RequestQuota>>;

export type RequestQuotaName = keyof typeof requestQuotas;

/** Numbers of resources. AWS has other such limits, which cannot be adjusted. */
export const resourceQuotas = {
  /** Customer managed keys of an account in a Region, in any state. */
  keysPerRegion: 100_000,
  aliasesPerKey: 50,
  grantsPerKey: 50_000,
  /** For an account in a Region. */
  customKeyStoresPerRegion: 10,
} as const;

export type ResourceQuotaName = keyof typeof resourceQuotas;

/** The rate that AWS gives an account in a Region. */
export function defaultRate(name: RequestQuotaName, region: string): number {
  const quota: RequestQuota = requestQuotas[name];
  const inChina = region.startsWith('cn-') ? quota.perSecondInChina : undefined;
  return quota.perSecondIn?.[region] ?? inChina ?? quota.perSecond;
}

/** What one request takes from a quota. */
export interface Charge {
  readonly quota: RequestQuotaName;
  readonly requests: number;
  /** Absent: the Region of the request. */
  readonly region?: string;
}

/** The request's members as they were sent: not validated yet. */
type Members = Readonly<Record<string, unknown>>;

const symmetric = () => 'CryptoSymmetric' as const;
const mlKem = () => 'CryptoMlKem' as const;

/** Operations that share a quota, selected by the algorithm or spec of the request. */
const shared: Readonly<Record<string, (members: Members) => RequestQuotaName>> = {
  Encrypt: ({ EncryptionAlgorithm }) => byAlgorithm(EncryptionAlgorithm),
  Decrypt: ({ EncryptionAlgorithm }) => byAlgorithm(EncryptionAlgorithm),
  ReEncrypt: ({ SourceEncryptionAlgorithm: from, DestinationEncryptionAlgorithm: to }) =>
    byAlgorithm(byAlgorithm(from) === 'CryptoSymmetric' ? to : from),
  GenerateDataKey: symmetric,
  GenerateDataKeyWithoutPlaintext: symmetric,
  GenerateRandom: symmetric,
  GenerateMac: symmetric,
  VerifyMac: symmetric,
  Sign: ({ SigningAlgorithm }) => byAlgorithm(SigningAlgorithm),
  Verify: ({ SigningAlgorithm }) => byAlgorithm(SigningAlgorithm),
  DeriveSharedSecret: () => 'CryptoEcc',
  Encapsulate: mlKem,
  Decapsulate: mlKem,
  GenerateDataKeyPair: ({ KeyPairSpec }) => byKeyPairSpec(KeyPairSpec),
  GenerateDataKeyPairWithoutPlaintext: ({ KeyPairSpec }) => byKeyPairSpec(KeyPairSpec),
};

function byAlgorithm(algorithm: unknown): RequestQuotaName {
  if (typeof algorithm !== 'string') return 'CryptoSymmetric';
  if (algorithm.startsWith('RSA')) return 'CryptoRsa';
  if (algorithm.startsWith('ML_DSA')) return 'CryptoMlDsa';
  return /^(ECDSA|ED25519|SM2)/.test(algorithm) ? 'CryptoEcc' : 'CryptoSymmetric';
}

const keyPairQuotas: Readonly<Record<string, RequestQuotaName>> = {
  ECC_NIST_P256: 'DataKeyPairEccNistP256',
  ECC_NIST_P384: 'DataKeyPairEccNistP384',
  ECC_NIST_P521: 'DataKeyPairEccNistP521',
  ECC_SECG_P256K1: 'DataKeyPairEccSecgP256k1',
  ECC_NIST_EDWARDS25519: 'DataKeyPairEccNistEdwards25519',
  RSA_2048: 'DataKeyPairRsa2048',
  RSA_3072: 'DataKeyPairRsa3072',
  RSA_4096: 'DataKeyPairRsa4096',
  SM2: 'DataKeyPairSm2',
  ML_KEM_512: 'DataKeyPairMlKem512',
  ML_KEM_768: 'DataKeyPairMlKem768',
  ML_KEM_1024: 'DataKeyPairMlKem1024',
};

/** Validation rejects an unknown spec later; until then the request counts as symmetric. */
function byKeyPairSpec(spec: unknown): RequestQuotaName {
  return (typeof spec === 'string' && Object.hasOwn(keyPairQuotas, spec) && keyPairQuotas[spec]) || 'CryptoSymmetric';
}

/** APIs whose operations share a quota, each with the Region it is counted in. */
const apis: { readonly [Api in Service]?: Omit<Charge, 'requests'> } = {
  iam: { quota: 'Iam', region: 'us-east-1' },
  sts: { quota: 'Sts' },
  keystead: { quota: 'Keystead' },
};

/** What a request takes from the quotas of its caller's account. */
export function chargesOf(operation: string, members: Members, service: Service = 'kms'): readonly Charge[] {
  const choose = Object.hasOwn(shared, operation) ? shared[operation] : undefined;
  if (choose) return [{ quota: choose(members), requests: 1 }];
  const ofApi = apis[service];
  if (ofApi) return [{ ...ofApi, requests: 1 }];
  if (!isRequestQuota(operation)) return [];
  return [{ quota: operation, requests: 1 }, ...chargesElsewhere(operation, members)];
}

/** What a request takes from quotas of another Region: creating a replica costs two CreateKey requests there. */
function chargesElsewhere(operation: string, members: Members): readonly Charge[] {
  const { ReplicaRegion, PrimaryRegion } = members;
  if (operation === 'ReplicateKey' && isRegionText(ReplicaRegion)) {
    return [{ quota: 'CreateKey', requests: 2, region: ReplicaRegion }];
  }
  if (operation === 'UpdatePrimaryRegion' && isRegionText(PrimaryRegion)) {
    return [{ quota: 'UpdatePrimaryRegion', requests: 1, region: PrimaryRegion }];
  }
  return [];
}

const isRegionText = (value: unknown): value is string => typeof value === 'string' && isRegion(value);

export function isRequestQuota(name: string): name is RequestQuotaName {
  return Object.hasOwn(requestQuotas, name);
}

export function isResourceQuota(name: string): name is ResourceQuotaName {
  return Object.hasOwn(resourceQuotas, name);
}
