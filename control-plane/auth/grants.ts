/**
 * Grants as the authorizer sees them: whom they serve, under which encryption context, and what may grow from them.
 * Sources: KMS Developer Guide, "Grants in AWS KMS", "Using grant constraints", "Granting CreateGrant permission"; KMS
 * API Reference, CreateGrant and GrantConstraints.
 */
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/records.ts';

export interface GrantConstraints {
  readonly EncryptionContextEquals?: EncryptionContext;
  readonly EncryptionContextSubset?: EncryptionContext;
}

export type EncryptionContext = Readonly<Record<string, string>>;

export interface Grant {
  readonly grantId: string;
  readonly granteePrincipal: string;
  readonly retiringPrincipal?: string;
  readonly operations: readonly string[];
  readonly constraints?: GrantConstraints;
  readonly issuingAccount: string;
}

const cipherOperations = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'];
const dataKeyOperations = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
];
const grantManagement = ['CreateGrant', 'RetireGrant', 'DescribeKey'];

/** What a grant may hold, by what the key is for; encryption keys differ by whether they are symmetric. */
const operationsByUse = {
  'ENCRYPT_DECRYPT, symmetric': [...cipherOperations, ...dataKeyOperations, ...grantManagement],
  'ENCRYPT_DECRYPT, asymmetric': [...cipherOperations, 'GetPublicKey', ...grantManagement],
  SIGN_VERIFY: ['Sign', 'Verify', 'GetPublicKey', ...grantManagement],
  KEY_AGREEMENT: ['DeriveSharedSecret', 'GetPublicKey', ...grantManagement],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac', ...grantManagement],
} as const satisfies Record<Exclude<KeyUsage, 'ENCRYPT_DECRYPT'> | `ENCRYPT_DECRYPT, ${string}`, readonly string[]>;

export function grantOperationsFor(key: { readonly keySpec: KeySpec; readonly keyUsage: KeyUsage }): readonly string[] {
  if (key.keyUsage !== 'ENCRYPT_DECRYPT') return operationsByUse[key.keyUsage];
  return operationsByUse[`ENCRYPT_DECRYPT, ${isSymmetric(key.keySpec) ? 'symmetric' : 'asymmetric'}`];
}

export function isGrantOperationAllowed(
  operation: string,
  key: { readonly keySpec: KeySpec; readonly keyUsage: KeyUsage },
): boolean {
  return grantOperationsFor(key).includes(operation);
}

const isSymmetric = (keySpec: KeySpec) => keySpec === 'SYMMETRIC_DEFAULT';

/**
 * Operations that carry no encryption context of their own: on CreateGrant the constraint binds the child instead
 * (`isNarrowerGrant`).
 */
const unconstrainedOperations: ReadonlySet<string> = new Set(['DescribeKey', 'RetireGrant', 'CreateGrant']);

/** Whether a grant gives this operation under this encryption context (absent: an operation without one). */
export function grantAllows(grant: Grant, operation: string, encryptionContext: EncryptionContext = {}): boolean {
  if (!grant.operations.includes(operation)) return false;
  return unconstrainedOperations.has(operation) || constraintsHold(grant.constraints, encryptionContext);
}

/** Names of pairs are compared without case, values exactly (GrantConstraints). */
export function constraintsHold(constraints: GrantConstraints | undefined, context: EncryptionContext): boolean {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = constraints ?? {};
  if (equals && !(containsPairs(context, equals) && containsPairs(equals, context))) return false;
  return !subset || containsPairs(context, subset);
}

/**
 * Names that differ only in case are one name here. With several values for it, each wanted pair must be among the
 * given ones.
 */
function containsPairs(given: EncryptionContext, wanted: EncryptionContext): boolean {
  const pairs = new Set(Object.entries(given).map(([name, value]) => pairText(name, value)));
  return Object.entries(wanted).every(([name, value]) => pairs.has(pairText(name, value)));
}

const pairText = (name: string, value: string) => JSON.stringify([name.toLowerCase(), value]);

/**
 * The rule for a grant made by right of another grant: no operation that the parent does not give, and constraints at
 * least as strict. Subset may gain pairs or become Equals over them; Equals stays exactly what it is.
 */
export function isNarrowerGrant(parent: Grant, child: Pick<Grant, 'operations' | 'constraints'>): boolean {
  if (!child.operations.every((operation) => parent.operations.includes(operation))) return false;
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = parent.constraints ?? {};
  const childEquals = child.constraints?.EncryptionContextEquals;
  const childSubset = child.constraints?.EncryptionContextSubset;
  if (equals) {
    return childEquals !== undefined && containsPairs(childEquals, equals) && containsPairs(equals, childEquals);
  }
  if (!subset || Object.keys(subset).length === 0) return true;
  return [childEquals, childSubset].some((pairs) => pairs !== undefined && containsPairs(pairs, subset));
}
