/**
 * The developer guide's table of key states, written down for the tests only: the server has its own table
 * (provider-schema/operations/states.ts), so that each checks the other. Every key has a rotation status, in every
 * state: AWS answers "off" for keys that never rotate, which the guide's table does not say. Keys with imported material
 * have a rotation history, because they can be rotated on demand; the guide's table is older than that feature.
 * Source: AWS KMS Developer Guide, "Key states of AWS KMS keys", with the special functions of imported key material
 * and custom key stores.
 */
import type { KeyState, Origin } from '@keystead/provider-schema/vocabulary.ts';

/**
 * Columns: Enabled, Disabled, PendingDeletion and PendingReplicaDeletion, PendingImport, Unavailable, Creating,
 * Updating. ok: the operation proceeds. Otherwise the error says that the key: D is disabled · P is pending deletion ·
 * NP is not pending deletion · I is pending import · U is unavailable · C is creating · G is updating. The last column:
 * the origins that the operation supports. `generated`: AWS_KMS only, `imported`: EXTERNAL only, `kms`: both, `any`:
 * all.
 */
const guide = `
  CancelKeyDeletion                    NP  NP  ok  NP  NP  NP  NP  any
  CreateAlias                          ok  ok  P   ok  ok  ok  ok  any
  CreateGrant                          ok  D   P   I   ok  C   ok  any
  Decapsulate                          ok  D   P   -   -   C   ok  generated
  Decrypt                              ok  D   P   I   U   C   ok  any
  DeleteAlias                          ok  ok  ok  ok  ok  ok  ok  any
  DeleteImportedKeyMaterial            ok  ok  ok  ok  -   C   G   imported
  DeriveSharedSecret                   ok  D   P   I   -   C   ok  kms
  DescribeKey                          ok  ok  ok  ok  ok  ok  ok  any
  DisableKey                           ok  ok  P   I   ok  C   G   any
  DisableKeyRotation                   ok  D   P   -   -   C   ok  generated
  EnableKey                            ok  ok  P   I   ok  C   G   any
  EnableKeyRotation                    ok  D   P   -   -   C   ok  generated
  Encapsulate                          ok  D   P   -   -   C   ok  generated
  Encrypt                              ok  D   P   I   U   C   ok  any
  GenerateDataKey                      ok  D   P   I   U   C   ok  any
  GenerateDataKeyPair                  ok  D   P   I   -   C   ok  kms
  GenerateDataKeyPairWithoutPlaintext  ok  D   P   I   -   C   ok  kms
  GenerateDataKeyWithoutPlaintext      ok  D   P   I   U   C   ok  any
  GenerateMac                          ok  D   P   I   -   C   ok  kms
  GetKeyLastUsage                      ok  ok  ok  ok  ok  ok  ok  any
  GetKeyPolicy                         ok  ok  ok  ok  ok  ok  ok  any
  GetKeyRotationStatus                 ok  ok  ok  ok  ok  ok  ok  any
  GetParametersForImport               ok  ok  P   ok  -   C   G   imported
  GetPublicKey                         ok  D   P   I   -   C   ok  kms
  ImportKeyMaterial                    ok  ok  P   ok  -   C   ok  imported
  ListAliases                          ok  ok  ok  ok  ok  ok  ok  any
  ListGrants                           ok  ok  ok  ok  ok  ok  ok  any
  ListKeyPolicies                      ok  ok  ok  ok  ok  ok  ok  any
  ListKeyRotations                     ok  ok  ok  ok  -   ok  ok  kms
  ListResourceTags                     ok  ok  ok  ok  ok  ok  ok  any
  PutKeyPolicy                         ok  ok  ok  ok  ok  ok  ok  any
  ReEncrypt/source                     ok  D   P   I   U   C   ok  any
  ReEncrypt/destination                ok  D   P   I   U   C   ok  any
  ReplicateKey                         ok  D   P   I   -   C   G   kms
  RetireGrant                          ok  ok  ok  ok  ok  ok  ok  any
  RevokeGrant                          ok  ok  ok  ok  ok  ok  ok  any
  RotateKeyOnDemand                    ok  D   P   I   -   C   G   kms
  ScheduleKeyDeletion                  ok  ok  P   ok  ok  ok  G   any
  Sign                                 ok  D   P   I   -   C   ok  kms
  TagResource                          ok  ok  P   ok  ok  ok  ok  any
  UntagResource                        ok  ok  P   ok  ok  ok  ok  any
  UpdateAlias/source                   ok  ok  ok  ok  ok  ok  ok  any
  UpdateAlias/destination              ok  ok  P   ok  ok  ok  ok  any
  UpdateKeyDescription                 ok  ok  P   ok  ok  ok  ok  any
  UpdatePrimaryRegion                  ok  D   P   I   -   C   ok  kms
  Verify                               ok  D   P   I   -   C   ok  kms
  VerifyMac                            ok  D   P   I   -   C   ok  kms
`;

export type Rule = 'ok' | 'D' | 'P' | 'NP' | 'I' | 'U' | 'C' | 'G' | '-';
export type Group = 'any' | 'kms' | 'generated' | 'imported';
export interface GuideRow {
  readonly name: string;
  readonly rules: Readonly<Record<KeyState, Rule>>;
  readonly group: Group;
}

export const guideRows: readonly GuideRow[] = guide
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', Enabled, Disabled, PendingDeletion, PendingImport, Unavailable, Creating, Updating, group] = line
      .trim()
      .split(/\s+/);
    const rules = { Enabled, Disabled, PendingDeletion, PendingImport, Unavailable, Creating, Updating };
    return { name, rules: { ...rules, PendingReplicaDeletion: PendingDeletion }, group } as GuideRow;
  });

/** The origins of keys to which a row applies; keys of other origins are refused as unsupported in every state. */
export const groups: Readonly<Record<Group, readonly Origin[]>> = {
  any: ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'],
  kms: ['AWS_KMS', 'EXTERNAL'],
  generated: ['AWS_KMS'],
  imported: ['EXTERNAL'],
};

/**
 * The states that a key of an origin can have. Only multi-Region keys can be creating, updating or wait for replicas.
 */
export const statesOf: Readonly<Record<Origin, readonly KeyState[]>> = {
  AWS_KMS: ['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion', 'Creating', 'Updating'],
  EXTERNAL: [
    'Enabled',
    'Disabled',
    'PendingDeletion',
    'PendingReplicaDeletion',
    'PendingImport',
    'Creating',
    'Updating',
  ],
  AWS_CLOUDHSM: ['Enabled', 'Disabled', 'PendingDeletion', 'Unavailable'],
  EXTERNAL_KEY_STORE: ['Enabled', 'Disabled', 'PendingDeletion', 'Unavailable'],
};
