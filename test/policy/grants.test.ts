import { newEffort } from '@keystead/policy/effort.ts';
import {
  constraintsHold,
  type Grant,
  type GrantConstraints,
  type GrantUse,
  grantMismatch,
  grantOperationsFor,
  isGrantOperationAllowed,
  isNarrowerGrant as isNarrowerWithin,
} from '@keystead/policy/grants.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import fc from 'fast-check';

const grant = (operations: readonly string[], constraints?: GrantConstraints): Grant => ({
  grantId: 'g1',
  granteeId: 'arn:aws:iam::111122223333:user/alice',
  operations,
  issuingAccount: 'arn:aws:iam::111122223333:root',
  ...defined({ constraints }),
});
const grantAllows = (held: Grant, use: GrantUse) => grantMismatch(held, use, newEffort()) === undefined;
const isNarrowerGrant = (parent: Grant, child: Parameters<typeof isNarrowerWithin>[1]) =>
  isNarrowerWithin(parent, child, newEffort());
const equals = (pairs: Record<string, string>): GrantConstraints => ({ EncryptionContextEquals: pairs });
const subset = (pairs: Record<string, string>): GrantConstraints => ({ EncryptionContextSubset: pairs });

describe('operations that a grant can contain', () => {
  test.each([
    ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 11, 'GenerateDataKeyPair', 'GetPublicKey'],
    ['RSA_4096', 'ENCRYPT_DECRYPT', 8, 'GetPublicKey', 'GenerateDataKey'],
    ['ECC_NIST_P256', 'SIGN_VERIFY', 6, 'Sign', 'Encrypt'],
    ['ECC_NIST_P256', 'KEY_AGREEMENT', 5, 'DeriveSharedSecret', 'Verify'],
    ['HMAC_256', 'GENERATE_VERIFY_MAC', 5, 'VerifyMac', 'GetPublicKey'],
    ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', 6, 'Decapsulate', 'DeriveSharedSecret'],
    ['ML_KEM_1024', 'ENCAPSULATE_DECAPSULATE', 6, 'Encapsulate', 'Encrypt'],
  ] as const)('%s for %s: %d, with %s and without %s', (keySpec, keyUsage, count, allowed, refused) => {
    const key = { keySpec, keyUsage };
    expect(grantOperationsFor(key)).toHaveLength(count);
    for (const operation of [allowed, 'CreateGrant', 'RetireGrant', 'DescribeKey']) {
      expect(isGrantOperationAllowed(operation, key)).toBe(true);
    }
    for (const operation of [refused, 'ReEncrypt', 'PutKeyPolicy', 'RevokeGrant']) {
      expect(isGrantOperationAllowed(operation, key)).toBe(false);
    }
  });
});

describe('constraints', () => {
  test.each<[string, GrantConstraints | undefined, Record<string, string>, boolean]>([
    ['none, any context', undefined, { a: '1' }, true],
    ['equal pairs', equals({ a: '1', b: '2' }), { b: '2', a: '1' }, true],
    ['equal pairs but one more', equals({ a: '1' }), { a: '1', b: '2' }, false],
    ['equal pairs but one fewer', equals({ a: '1', b: '2' }), { a: '1' }, false],
    ['a name in other case', equals({ Department: 'finance' }), { DEPARTMENT: 'finance' }, true],
    ['a value in other case', equals({ Department: 'finance' }), { Department: 'Finance' }, false],
    ['a subset', subset({ a: '1' }), { a: '1', b: '2' }, true],
    ['no subset', subset({ a: '1' }), { a: '2' }, false],
    ['a subset of nothing', subset({}), {}, true],
    ['equal to nothing', equals({}), {}, true],
    ['equal to nothing, but a pair is given', equals({}), { a: '1' }, false],
    ['no context where one is required', subset({ a: '1' }), {}, false],
  ])('%s', (_title, constraints, context, expected) => {
    expect(constraintsHold(constraints, context, newEffort())).toBe(expected);
  });

  test('do not bind DescribeKey, RetireGrant and CreateGrant, which have no context', () => {
    const held = grant(['DescribeKey', 'RetireGrant', 'CreateGrant', 'Decrypt'], equals({ a: '1' }));
    for (const operation of ['DescribeKey', 'RetireGrant', 'CreateGrant']) {
      expect(grantAllows(held, { operation })).toBe(true);
    }
    expect(grantAllows(held, { operation: 'Decrypt' })).toBe(false);
    expect(grantAllows(held, { operation: 'Decrypt', encryptionContext: { a: '1' } })).toBe(true);
    expect(grantAllows(held, { operation: 'Encrypt', encryptionContext: { a: '1' } })).toBe(false);
  });
});

describe('a grant made by permission of a grant', () => {
  test.each<[string, GrantConstraints | undefined, GrantConstraints | undefined, boolean]>([
    ['none to none', undefined, undefined, true],
    ['none to any', undefined, equals({ a: '1' }), true],
    ['a subset that gains a pair', subset({ a: '1' }), subset({ a: '1', b: '2' }), true],
    ['a subset that becomes equality', subset({ a: '1' }), equals({ a: '1' }), true],
    ['a subset that becomes equality over more', subset({ a: '1' }), equals({ a: '1', b: '2' }), true],
    ['a subset that loses a pair', subset({ a: '1', b: '2' }), subset({ a: '1' }), false],
    ['a subset that changes a value', subset({ a: '1' }), equals({ a: '2' }), false],
    ['a subset dropped', subset({ a: '1' }), undefined, false],
    ['equality kept', equals({ a: '1' }), equals({ A: '1' }), true],
    ['equality widened to a subset', equals({ a: '1' }), subset({ a: '1' }), false],
    ['equality over more pairs', equals({ a: '1' }), equals({ a: '1', b: '2' }), false],
    ['equality dropped', equals({ a: '1' }), undefined, false],
  ])('%s: %j to %j is %s', (_title, parent, child, expected) => {
    const made = { operations: ['Decrypt'], ...defined({ constraints: child }) };
    expect(isNarrowerGrant(grant(['CreateGrant', 'Decrypt'], parent), made)).toBe(expected);
  });

  test('has no operation that its parent lacks, CreateGrant included', () => {
    expect(isNarrowerGrant(grant(['CreateGrant', 'Decrypt']), { operations: ['CreateGrant', 'Decrypt'] })).toBe(true);
    expect(isNarrowerGrant(grant(['Decrypt']), { operations: ['CreateGrant', 'Decrypt'] })).toBe(false);
    expect(isNarrowerGrant(grant(['CreateGrant', 'Decrypt']), { operations: ['Encrypt'] })).toBe(false);
  });

  test('never allows what its parent does not allow', () => {
    const pairs = fc.dictionary(fc.constantFrom('a', 'B', 'b', 'c'), fc.constantFrom('1', '2'), { maxKeys: 3 });
    const constraints = fc.oneof(fc.constant(undefined), pairs.map(equals), pairs.map(subset));
    const operations = fc.subarray(['Encrypt', 'Decrypt', 'CreateGrant', 'DescribeKey'], { minLength: 1 });
    let narrower = 0;
    fc.assert(
      fc.property(operations, constraints, operations, constraints, pairs, (opsA, limitsA, opsB, limitsB, context) => {
        const [parent, child] = [grant(opsA, limitsA), grant(opsB, limitsB)];
        if (!isNarrowerGrant(parent, child)) return;
        narrower++;
        for (const operation of opsB) {
          const use = { operation, encryptionContext: context };
          if (grantAllows(child, use)) expect(grantAllows(parent, use)).toBe(true);
        }
      }),
      { numRuns: 5000 },
    );
    expect(narrower).toBeGreaterThan(100);
  });
});

describe('a source', () => {
  const source = 'arn:aws:s3:::orders';
  const held = grant(['Decrypt'], { SourceArn: 'arn:aws:s3:::ord*' });

  test('is compared as with ArnLike, and a call without one is not on its behalf', () => {
    expect(grantAllows(held, { operation: 'Decrypt' })).toBe(false);
    expect(grantAllows(held, { operation: 'Decrypt', sourceArn: source })).toBe(true);
    expect(grantAllows(held, { operation: 'Decrypt', sourceArn: 'arn:aws:s3:::other' })).toBe(false);
    expect(grantAllows(held, { operation: 'Decrypt', sourceArn: '' })).toBe(false);
    expect(grantAllows(grant(['Decrypt']), { operation: 'Decrypt', sourceArn: '' })).toBe(true);
  });

  test('does not bind RetireGrant, and DescribeKey only in a call that has one', () => {
    const other = 'arn:aws:s3:::other';
    const both = grant(['DescribeKey', 'RetireGrant'], { SourceArn: source });
    expect(grantAllows(both, { operation: 'RetireGrant', sourceArn: other })).toBe(true);
    expect(grantAllows(both, { operation: 'DescribeKey' })).toBe(true);
    expect(grantAllows(both, { operation: 'DescribeKey', sourceArn: source })).toBe(true);
    expect(grantAllows(both, { operation: 'DescribeKey', sourceArn: other })).toBe(false);
  });

  test('stays the same in a grant made by permission of another', () => {
    const child = (SourceArn?: string) => grant(['Decrypt'], SourceArn === undefined ? undefined : { SourceArn });
    expect(isNarrowerGrant(held, child('arn:aws:s3:::ord*'))).toBe(true);
    expect(isNarrowerGrant(held, child('arn:aws:s3:::*'))).toBe(false);
    expect(isNarrowerGrant(held, child())).toBe(false);
    expect(isNarrowerGrant(grant(['Decrypt']), child(source))).toBe(true);
  });
});
