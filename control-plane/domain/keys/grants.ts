/**
 * The constraints of grants, their stored form, and which two grants are the same.
 * Source: AWS KMS Developer Guide, "Grants in AWS KMS"; API reference, CreateGrant, GrantConstraints, RetireGrant.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { GrantConstraints, GrantOperation } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';

/** @throws KmsError ValidationException */
export function requireGrantConstraints(constraints: GrantConstraints | undefined, keySpec: KeySpec): void {
  const maps = [constraints?.EncryptionContextEquals, constraints?.EncryptionContextSubset].filter(
    (map) => map !== undefined,
  );
  if (maps.length > 1) {
    throw invalidConstraints('A grant has EncryptionContextEquals or EncryptionContextSubset, not both.');
  }
  const [pairs] = maps;
  if (!pairs) return;
  if (keySpecRow(keySpec).type !== 'symmetric') {
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

/** The terms of a grant, as stored; a grant created again with the same name and the same terms is the same grant. */
export interface GrantTerms {
  readonly grantee_principal: string;
  readonly grantee_id: string;
  readonly retiring_principal: string | null;
  readonly retiring_id: string | null;
  readonly operations: string;
  readonly constraints: string | null;
  readonly issuing_account: string;
}

/** JSON array without repetitions, in the order of the first request. */
export function encodeGrantOperations(operations: readonly GrantOperation[]): string {
  return JSON.stringify([...new Set(operations)]);
}

export function decodeGrantOperations(json: string): readonly GrantOperation[] {
  return JSON.parse(json) as GrantOperation[];
}

/** JSON with its members in order, so that equal constraints are equal texts; null for none. */
export function encodeGrantConstraints(constraints: GrantConstraints = {}): string | null {
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = constraints;
  if (!EncryptionContextEquals && !EncryptionContextSubset && SourceArn === undefined) return null;
  const sorted = (pairs: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(pairs).sort(byName));
  return JSON.stringify({
    EncryptionContextEquals: EncryptionContextEquals && sorted(EncryptionContextEquals),
    EncryptionContextSubset: EncryptionContextSubset && sorted(EncryptionContextSubset),
    SourceArn,
  });
}

export function decodeGrantConstraints(json: string): {
  readonly EncryptionContextEquals?: Readonly<Record<string, string>>;
  readonly EncryptionContextSubset?: Readonly<Record<string, string>>;
  readonly SourceArn?: string;
} {
  return JSON.parse(json);
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

export function isSameGrant(a: GrantTerms, b: GrantTerms): boolean {
  return (
    a.grantee_principal === b.grantee_principal &&
    a.grantee_id === b.grantee_id &&
    a.retiring_principal === b.retiring_principal &&
    a.retiring_id === b.retiring_id &&
    a.constraints === b.constraints &&
    a.issuing_account === b.issuing_account &&
    sortedOperations(a) === sortedOperations(b)
  );
}

function sortedOperations({ operations }: GrantTerms): string {
  return [...decodeGrantOperations(operations)].sort().join();
}

/** A stored grant as the authorizer reads it. */
export function decodeGrant(row: GrantTerms & { readonly grant_id: string }) {
  return {
    grantId: row.grant_id,
    granteeId: row.grantee_id,
    operations: decodeGrantOperations(row.operations),
    issuingAccount: row.issuing_account,
    ...defined({
      retiringId: row.retiring_id ?? undefined,
      constraints: row.constraints === null ? undefined : decodeGrantConstraints(row.constraints),
    }),
  };
}

/** The content of a grant token: which grant it is for, and a nonce that makes each grant token different. */
export interface GrantTokenContent {
  readonly accountId: string;
  readonly region: string;
  readonly keyId: string;
  readonly grantId: string;
  readonly nonce: string;
}
