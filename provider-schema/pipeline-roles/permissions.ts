/**
 * What each job is allowed: a plan reads what it plans, an apply changes it, a comparison reads what there is. None uses
 * a key, but for saved plans: the denial also holds where a key policy names the role.
 */
import type { PipelineJob } from './claims.ts';

export const managedKinds = ['keys', 'key-stores', 'identities'] as const;
/** What the stacks of the pipeline declare: keys with aliases and grants, custom key stores, users and roles. */
export type ManagedKind = (typeof managedKinds)[number];

export interface PermissionStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const kms = (...names: readonly string[]): readonly string[] => names.map((name) => `kms:${name}`);

/** Of one key: what a refresh of it reads. */
const readKey = kms(
  ...['DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'GetKeyLastUsage', 'GetPublicKey'],
  ...['ListGrants', 'ListResourceTags'],
);
/** Not about one key. */
const list = kms('ListAliases', 'ListKeys');

const changeKey = [
  ...kms('UpdateKeyDescription', 'PutKeyPolicy', 'EnableKey', 'DisableKey', 'UntagResource'),
  ...kms('EnableKeyRotation', 'DisableKeyRotation', 'RotateKeyOnDemand'),
  ...kms('ScheduleKeyDeletion', 'CancelKeyDeletion', 'ReplicateKey', 'UpdatePrimaryRegion'),
  ...kms('CreateGrant', 'RevokeGrant'),
  ...kms('GetParametersForImport', 'ImportKeyMaterial', 'DeleteImportedKeyMaterial'),
  ...['keystead:ProtectKey', 'keystead:UnprotectKey'],
];
const changeAlias = kms('CreateAlias', 'UpdateAlias', 'DeleteAlias');

/** Every operation with plaintext, ciphertext or a signature. */
const useKeys = kms(
  ...['Encrypt', 'Decrypt', 'ReEncrypt*', 'GenerateDataKey*', 'GenerateMac', 'VerifyMac', 'Sign', 'Verify'],
  ...['DeriveSharedSecret', 'Encapsulate', 'Decapsulate'],
);

/** The policy of the key for saved plans can let one job encrypt them, and the other decrypt them. */
const unlessSavedPlan = {
  Condition: { StringNotEquals: { 'kms:EncryptionContext:keystead:purpose': 'saved-plan' } },
} as const;

const changeKeyStores = kms(
  ...['CreateCustomKeyStore', 'UpdateCustomKeyStore', 'DeleteCustomKeyStore'],
  ...['ConnectCustomKeyStore', 'DisconnectCustomKeyStore'],
);

/** Of all identities at once, and of the server: docs/guide/drift-identities.md. */
const compareIdentities = [
  ...['iam:GetAccountAuthorizationDetails', 'iam:ListAccessKeys', 'iam:GetOpenIDConnectProvider'],
  ...['keystead:ListServicePrincipals', 'keystead:GetServerSettings'],
];

/** What comparisons found, kept in the control plane. */
const driftReports = ['keystead:PutDriftReport', 'keystead:GetDriftReport', 'keystead:ListDriftReports'];

/** @param account 12 digits, or what stands for them in the text that the policy becomes */
export function permissionsOf(
  job: PipelineJob,
  manages: readonly ManagedKind[],
  account: string,
): readonly PermissionStatement[] {
  const key = `arn:aws:kms:*:${account}:key/*`;
  const alias = `arn:aws:kms:*:${account}:alias/*`;
  const identities = `arn:aws:iam::${account}:*`;
  const has = (kind: ManagedKind) => manages.includes(kind);
  const applies = job === 'apply';
  const ofEverything = [
    ...list,
    ...(has('key-stores') || job === 'drift' ? kms('DescribeCustomKeyStores') : []),
    ...(has('key-stores') && applies ? changeKeyStores : []),
    // A key that is created with tags is not there yet.
    ...(applies ? ['kms:CreateKey', 'kms:TagResource', 'keystead:AcceptOwnChanges'] : []),
    ...(job === 'drift' ? [] : ['keystead:ValidateKeyPolicy']),
    ...(job === 'plan' ? ['keystead:SimulateNewKeyPolicy'] : []),
    ...(job === 'drift' ? [...compareIdentities, ...driftReports] : []),
    ...(job === 'plan' ? [] : ['keystead:ListChanges', 'cloudtrail:LookupEvents']),
  ];
  const allow = (Sid: string, Action: readonly string[], Resource: string | readonly string[]) =>
    ({ Sid, Effect: 'Allow', Action, Resource }) as const;
  return [
    allow('ReadKeys', [...readKey, 'keystead:CompareKeyPolicies'], key),
    allow('OfTheAccount', ofEverything, '*'),
    ...(applies ? [allow('ChangeKeys', [...changeKey, ...changeAlias], [key, alias])] : []),
    ...(has('identities') && job !== 'drift' ? [allow('ReadIdentities', ['iam:Get*', 'iam:List*'], identities)] : []),
    ...(has('identities') && applies ? [allow('ChangeIdentities', ['iam:*'], identities)] : []),
    {
      Sid: 'NeverUseKeys',
      Effect: 'Deny',
      Action: useKeys,
      Resource: '*',
      ...(job === 'drift' ? {} : unlessSavedPlan),
    },
  ];
}
