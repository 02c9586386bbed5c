/**
 * What a grant may hold, which two grants are the same, and who may retire one.
 * Source: AWS KMS Developer Guide, "Grants in AWS KMS"; API reference, CreateGrant, GrantConstraints, RetireGrant.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { GrantConstraints, GrantOperation } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/records.ts';

interface GrantedKey {
  readonly key_spec: KeySpec;
  readonly key_usage: KeyUsage;
}

const onEveryKey: readonly GrantOperation[] = ['CreateGrant', 'RetireGrant', 'DescribeKey'];
const encryption: readonly GrantOperation[] = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'];
const dataKeys: readonly GrantOperation[] = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
];

const byUsage: Readonly<Record<KeyUsage, readonly GrantOperation[]>> = {
  ENCRYPT_DECRYPT: encryption,
  SIGN_VERIFY: ['Sign', 'Verify'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret'],
};

/** Operations that a grant on such a key may hold. */
export function grantableOperations({ key_spec, key_usage }: GrantedKey): readonly GrantOperation[] {
  const { type } = keySpecRow(key_spec);
  const byType: readonly GrantOperation[] =
    type === 'symmetric' ? dataKeys : type === 'asymmetric' ? ['GetPublicKey'] : [];
  return [...byUsage[key_usage], ...byType, ...onEveryKey];
}

/** @throws KmsError ValidationException */
export function requireGrantOperations(operations: readonly GrantOperation[], key: GrantedKey): void {
  if (operations.length === 0) throw new KmsError('ValidationException', 'A grant needs at least one operation.');
  const grantable = grantableOperations(key);
  const unfit = operations.find((operation) => !grantable.includes(operation));
  if (unfit === undefined) return;
  throw new KmsError(
    'ValidationException',
    `Operation ${unfit} cannot be granted on a key with key spec ${key.key_spec} and key usage ${key.key_usage}.`,
  );
}

/** @throws KmsError ValidationException */
export function requireGrantConstraints(constraints: GrantConstraints | undefined, key: GrantedKey): void {
  const maps = [constraints?.EncryptionContextEquals, constraints?.EncryptionContextSubset].filter(
    (map) => map !== undefined,
  );
  if (maps.length > 1) {
    throw invalidConstraints('A grant has EncryptionContextEquals or EncryptionContextSubset, not both.');
  }
  const [pairs] = maps;
  if (!pairs) return;
  if (keySpecRow(key.key_spec).type !== 'symmetric') {
    throw invalidConstraints('Encryption context constraints fit grants on symmetric encryption keys only.');
  }
  if (Object.keys(pairs).length > limits.grantConstraintPairs) {
    throw invalidConstraints(`A grant constraint has at most ${limits.grantConstraintPairs} encryption context pairs.`);
  }
  if (Object.values(pairs).some((value) => value.length > limits.grantConstraintValueLength)) {
    throw invalidConstraints(
      `A value of a grant constraint has at most ${limits.grantConstraintValueLength} characters.`,
    );
  }
}

function invalidConstraints(message: string): KmsError {
  return new KmsError('ValidationException', message);
}

/** What a grant consists of, as stored; a grant made again with the same name and these the same is the same grant. */
export interface GrantTerms {
  readonly grantee_principal: string;
  readonly retiring_principal: string | null;
  readonly operations: string;
  readonly constraints: string | null;
  readonly issuing_account: string;
}

/** JSON array; an operation named twice is granted once. The order is the first asker's. */
export function encodeGrantOperations(operations: readonly GrantOperation[]): string {
  return JSON.stringify([...new Set(operations)]);
}

export function decodeGrantOperations(json: string): readonly GrantOperation[] {
  return JSON.parse(json) as GrantOperation[];
}

/** JSON with its members in order, so that equal constraints are equal texts; null for none. */
export function encodeGrantConstraints(constraints: GrantConstraints = {}): string | null {
  const kinds = (['EncryptionContextEquals', 'EncryptionContextSubset'] as const).filter((kind) => constraints[kind]);
  if (kinds.length === 0) return null;
  const sorted = kinds.map((kind) => [kind, Object.fromEntries(Object.entries(constraints[kind] ?? {}).sort(byName))]);
  return JSON.stringify(Object.fromEntries(sorted));
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

export function isSameGrant(a: GrantTerms, b: GrantTerms): boolean {
  return (
    a.grantee_principal === b.grantee_principal &&
    a.retiring_principal === b.retiring_principal &&
    a.constraints === b.constraints &&
    a.issuing_account === b.issuing_account &&
    sortedOperations(a) === sortedOperations(b)
  );
}

function sortedOperations({ operations }: GrantTerms): string {
  return [...decodeGrantOperations(operations)].sort().join();
}

/**
 * The grant decides who may retire it: its retiring principal, its grantee if it holds RetireGrant, and the account
 * that made it.
 * @param principalArn the account's root ARN for its root principal
 */
export function mayRetireGrant(principalArn: string, grant: GrantTerms): boolean {
  if (principalArn === grant.retiring_principal || principalArn === grant.issuing_account) return true;
  return principalArn === grant.grantee_principal && decodeGrantOperations(grant.operations).includes('RetireGrant');
}

/** What a grant token says to us: which grant it is for. The nonce makes each token new. */
export interface GrantTokenContent {
  readonly accountId: string;
  readonly region: string;
  readonly keyId: string;
  readonly grantId: string;
  readonly nonce: string;
}
