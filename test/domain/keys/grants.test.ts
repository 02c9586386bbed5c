import {
  decodeGrant,
  encodeGrantConstraints,
  encodeGrantOperations,
  isSameGrant,
  requireGrantConstraints,
} from '@keystead/control-plane/domain/keys/grants.ts';
import fc from 'fast-check';

const refused = expect.objectContaining({ code: 'ValidationException' });

describe('constraints', () => {
  test('are of one kind', () => {
    const both = { EncryptionContextEquals: { a: '1' }, EncryptionContextSubset: { a: '1' } };
    expect(() => requireGrantConstraints(both, 'SYMMETRIC_DEFAULT')).toThrow(refused);
    expect(() => requireGrantConstraints({ EncryptionContextEquals: { a: '1' } }, 'SYMMETRIC_DEFAULT')).not.toThrow();
    expect(() => requireGrantConstraints(undefined, 'RSA_2048')).not.toThrow();
  });

  test('fit symmetric encryption keys only', () => {
    expect(() => requireGrantConstraints({ EncryptionContextSubset: { a: '1' } }, 'RSA_2048')).toThrow(refused);
  });

  test('have at most eight pairs', () => {
    const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
    expect(() => requireGrantConstraints({ EncryptionContextSubset: pairs(8) }, 'SYMMETRIC_DEFAULT')).not.toThrow();
    expect(() => requireGrantConstraints({ EncryptionContextSubset: pairs(9) }, 'SYMMETRIC_DEFAULT')).toThrow(refused);
  });

  test('have values of at most 384 characters', () => {
    const value = (length: number) => ({ EncryptionContextEquals: { k: 'v'.repeat(length) } });
    expect(() => requireGrantConstraints(value(384), 'SYMMETRIC_DEFAULT')).not.toThrow();
    expect(() => requireGrantConstraints(value(385), 'SYMMETRIC_DEFAULT')).toThrow(refused);
  });

  test('are stored in the same form for every order of their pairs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.string(), fc.string()), { selector: ([key]) => key }), (pairs) => {
        const stored = (list: [string, string][]) =>
          encodeGrantConstraints({ EncryptionContextSubset: Object.fromEntries(list) });
        expect(stored(pairs)).toBe(stored(pairs.toReversed()));
      }),
    );
  });

  test('without content are not stored', () => {
    expect(encodeGrantConstraints({})).toBeNull();
    expect(encodeGrantConstraints()).toBeNull();
  });
});

describe('sameness', () => {
  const terms = {
    grantee_principal: 'arn:aws:iam::111122223333:user/app',
    grantee_id: 'AIDAEXAMPLE123456',
    retiring_principal: null,
    retiring_id: null,
    operations: encodeGrantOperations(['Encrypt', 'Decrypt']),
    constraints: null,
    issuing_account: 'arn:aws:iam::111122223333:root',
  };

  test('does not depend on the order or repetition of operations', () => {
    expect(isSameGrant(terms, { ...terms, operations: encodeGrantOperations(['Decrypt', 'Encrypt', 'Decrypt']) })).toBe(
      true,
    );
  });

  test.each([
    { grantee_principal: 'arn:aws:iam::111122223333:user/other' },
    { grantee_id: 'AIDAANOTHER123456' },
    { retiring_principal: 'arn:aws:iam::111122223333:user/app' },
    { retiring_id: 'AIDAEXAMPLE123456' },
    { operations: encodeGrantOperations(['Encrypt']) },
    { constraints: encodeGrantConstraints({ EncryptionContextEquals: { a: '1' } }) },
    { issuing_account: 'arn:aws:iam::444455556666:root' },
  ])('ends with any difference: %j', (difference) => {
    expect(isSameGrant(terms, { ...terms, ...difference })).toBe(false);
  });

  test('a stored grant reads back as it was given', () => {
    const constraints = { EncryptionContextSubset: { Department: 'finance' } };
    const row = { ...terms, grant_id: 'ab'.repeat(32), constraints: encodeGrantConstraints(constraints) };
    expect(decodeGrant(row)).toEqual({
      grantId: row.grant_id,
      granteeId: terms.grantee_id,
      operations: ['Encrypt', 'Decrypt'],
      issuingAccount: terms.issuing_account,
      constraints,
    });
  });
});
