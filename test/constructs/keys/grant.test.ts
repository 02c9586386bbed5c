import { Grant, type GrantProps, Key, type KeyProps } from '@keystead/constructs/cdktf';
import { account, alice, aStack, bob, synthesize, theResource } from '../stack.ts';

function grantArguments(props: Partial<GrantProps>, keyProps: KeyProps = {}) {
  const stack = aStack();
  const key = new Key(stack, 'key', keyProps);
  new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Decrypt'], ...props });
  return theResource(synthesize(stack), 'aws_kms_grant');
}

describe('Grant', () => {
  test('declares one principal, its operations and the encryption context they hold for', () => {
    const { '//': _, ...declared } = grantArguments({
      name: 'finance',
      operations: ['GenerateDataKey', 'Decrypt', 'Decrypt'],
      encryptionContextEquals: { Department: 'finance' },
      retiringPrincipal: bob,
      retireOnDelete: true,
    });
    expect(declared).toEqual({
      key_id: expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.key_id\}$/),
      grantee_principal: alice,
      operations: ['Decrypt', 'GenerateDataKey'],
      name: 'finance',
      retiring_principal: bob,
      retire_on_delete: true,
      constraints: [{ encryption_context_equals: { Department: 'finance' } }],
      provider: 'aws',
    });
  });

  test('takes a subset constraint', () => {
    expect(grantArguments({ encryptionContextSubset: { Department: 'finance' } }).constraints).toEqual([
      { encryption_context_subset: { Department: 'finance' } },
    ]);
  });

  test('is made in the key’s Region', () => {
    expect(grantArguments({}, { region: 'eu-north-1' }).region).toBe('eu-north-1');
  });

  test('allows what the usage of the key allows', () => {
    const mac = grantArguments({ operations: ['GenerateMac', 'VerifyMac', 'DescribeKey'] }, { keySpec: 'HMAC_256' });
    expect(mac.operations).toEqual(['DescribeKey', 'GenerateMac', 'VerifyMac']);
    const mlKem = grantArguments(
      { operations: ['Decapsulate', 'Encapsulate', 'GetPublicKey'] },
      { keySpec: 'ML_KEM_512' },
    );
    expect(mlKem.operations).toEqual(['Decapsulate', 'Encapsulate', 'GetPublicKey']);
    const rsa: KeyProps = { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT_DECRYPT' };
    expect(grantArguments({ operations: ['Encrypt', 'GetPublicKey', 'CreateGrant'] }, rsa).operations).toHaveLength(3);
  });

  const pairs = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, 'value']));

  test.each<[string, Partial<GrantProps>, KeyProps, RegExp]>([
    ['no operations', { operations: [] }, {}, /allows no operation/],
    ['signing with a symmetric key', { operations: ['Sign'] }, {}, /SYMMETRIC_DEFAULT.*does not support Sign/],
    ['the public key of a symmetric key', { operations: ['GetPublicKey'] }, {}, /does not support GetPublicKey/],
    [
      'data keys of an RSA key',
      { operations: ['Decrypt', 'GenerateDataKey'] },
      { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT_DECRYPT' },
      /does not support GenerateDataKey\./,
    ],
    [
      'both constraints at once',
      { encryptionContextEquals: { a: 'b' }, encryptionContextSubset: { a: 'b' } },
      {},
      /cannot have both/,
    ],
    [
      'an encryption context of an HMAC key',
      { operations: ['GenerateMac'], encryptionContextEquals: { a: 'b' } },
      { keySpec: 'HMAC_256' },
      /have no encryption context/,
    ],
    [
      'an encryption context of an ML-KEM key',
      { operations: ['Decapsulate'], encryptionContextSubset: { a: 'b' } },
      { keySpec: 'ML_KEM_768' },
      /have no encryption context/,
    ],
    ['decapsulating with a symmetric key', { operations: ['Decapsulate'] }, {}, /does not support Decapsulate/],
    ['a constraint without pairs', { encryptionContextEquals: {} }, {}, /has 0 pairs. Give 1 to 8/],
    ['a constraint of nine pairs', { encryptionContextSubset: pairs(9) }, {}, /has 9 pairs/],
    ['a value above 384 characters', { encryptionContextEquals: { a: 'x'.repeat(385) } }, {}, /at most 384/],
    ['a service as grantee', { granteePrincipal: 'logs.amazonaws.com' }, {}, /cannot hold a grant/],
    ['everybody as grantee', { granteePrincipal: '*' }, {}, /cannot hold a grant/],
    ['a group as grantee', { granteePrincipal: `arn:aws:iam::${account}:group/all` }, {}, /Groups are not principals/],
    ['a bare name as retiring principal', { retiringPrincipal: 'bob' }, {}, /cannot hold a grant/],
  ])('refuses %s', (_what, props, keyProps, message) => {
    expect(() => grantArguments(props, keyProps)).toThrow(message);
  });
});
