import { Grant, Key, type KeyLookupOptions, ReplicaKey } from '@keystead/constructs/cdktf';
import { Token } from 'cdktf';
import { alice, aStack, resolved, synthesize, thePolicy, theResource } from '../stack.ts';

const keyId = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const keyArn = `arn:aws:kms:eu-central-1:444455556666:key/${keyId}`;

describe('Key.fromKeyArn', () => {
  test('keeps the Region and key id of the ARN', () => {
    const key = Key.fromKeyArn(aStack(), 'key', keyArn);
    expect([key.keyArn, key.keyId, key.region]).toEqual([keyArn, keyId, 'eu-central-1']);
  });

  test('takes aliases and grants in the Region of the ARN', () => {
    const stack = aStack({ account: '444455556666' });
    const key = Key.fromKeyArn(stack, 'key', keyArn);
    key.addAlias('orders');
    new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Sign'] });
    const configuration = synthesize(stack);
    for (const type of ['aws_kms_alias', 'aws_kms_grant']) {
      expect(theResource(configuration, type).region).toBe('eu-central-1');
    }
  });

  test('names the account of the ARN in grants, which can be another one', () => {
    const stack = aStack();
    const key = Key.fromKeyArn(stack, 'key', keyArn);
    new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Decrypt'] });
    expect(theResource(synthesize(stack), 'aws_kms_grant').key_id).toBe(keyArn);
  });

  test.each([
    ['a key id', keyId],
    ['an alias ARN', 'arn:aws:kms:eu-west-1:444455556666:alias/orders'],
    ['the ARN of another service', 'arn:aws:s3:eu-west-1:444455556666:key/abc'],
  ])('refuses %s', (_what, text) => {
    expect(() => Key.fromKeyArn(aStack(), 'key', text)).toThrow(/\[stack\/key\] .* is not a key ARN/);
  });

  test('refuses an ARN that only Terraform knows', () => {
    const unknown = Token.asString({ resolve: () => 'later', creationStack: [], toString: () => '' });
    expect(() => Key.fromKeyArn(aStack(), 'key', unknown)).toThrow(/only known to Terraform/);
  });
});

describe('Key.fromKeyId and Key.fromAliasName', () => {
  test.each([
    ['an id', (stack: ReturnType<typeof aStack>) => Key.fromKeyId(stack, 'key', keyId), keyId],
    ['an alias', (stack: ReturnType<typeof aStack>) => Key.fromAliasName(stack, 'key', 'orders'), 'alias/orders'],
  ])('look the key up in every plan by %s', (_what, from, reference) => {
    const stack = aStack();
    from(stack).addAlias('second');
    const { data, resource } = synthesize(stack);
    expect(Object.values(data?.aws_kms_key ?? {})).toEqual([
      expect.objectContaining({ key_id: reference, provider: 'aws' }),
    ]);
    expect(Object.values(resource.aws_kms_alias ?? {})).toEqual([
      expect.objectContaining({ target_key_id: expect.stringMatching(/^\$\{data\.aws_kms_key\.\w+\.id\}$/) }),
    ]);
  });
});

test('An imported key refuses policy changes instead of dropping them', () => {
  const key = Key.fromAliasName(aStack(), 'key', 'orders');
  expect(() => key.grantDecrypt(alice)).toThrow(/declared where the key is.*Grant.*KeyPolicy/);
  expect(() => key.addToKeyPolicy({ principals: [alice], actions: ['kms:Decrypt'] })).toThrow(/imported key/);
});

describe('Key.fromKeyAttributes', () => {
  test('checks the key as one of this program', () => {
    const stack = aStack();
    const key = Key.fromKeyAttributes(stack, 'key', { keyArn, keySpec: 'HMAC_256' });
    expect([key.keySpec, key.keyUsage, key.multiRegion]).toEqual(['HMAC_256', 'GENERATE_VERIFY_MAC', true]);
    expect(() => new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Sign'] })).toThrow(
      /does not support Sign/,
    );
  });

  test('refuses a usage that the spec cannot have', () => {
    expect(() =>
      Key.fromKeyAttributes(aStack(), 'key', { keyArn, keySpec: 'HMAC_256', keyUsage: 'SIGN_VERIFY' }),
    ).toThrow(/HMAC_256 key cannot have the usage SIGN_VERIFY/);
  });
});

describe('Key.fromLookup', () => {
  test.each<[KeyLookupOptions, object]>([
    [
      { aliasName: 'orders', region: 'eu-north-1' },
      { key_id: 'alias/orders', region: 'eu-north-1', provider: 'aws' },
    ],
    [{ keyId }, { key_id: keyId, provider: 'aws' }],
  ])('asks for %j', (options, declared) => {
    const stack = aStack();
    const key = Key.fromLookup(stack, 'key', options);
    expect(Object.values(synthesize(stack).data?.aws_kms_key ?? {})).toEqual([expect.objectContaining(declared)]);
    expect(key.region).toBe(options.region);
  });

  test.each([{}, { aliasName: 'orders', keyId }])('refuses %j', (options) => {
    expect(() => Key.fromLookup(aStack(), 'key', options)).toThrow(/Give either aliasName or keyId/);
  });
});

describe('A replica of a key of another program', () => {
  const options = { region: 'us-east-1' };

  test('trusts the account, and has the policy that it declares', () => {
    const stack = aStack({ account: '444455556666' });
    const primaryKey = Key.fromKeyAttributes(stack, 'key', { keyArn, keySpec: 'SYMMETRIC_DEFAULT' });
    new ReplicaKey(stack, 'replica', { primaryKey, users: [alice], ...options });
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_kms_replica_key').primary_key_arn).toBe(keyArn);
    expect(thePolicy(configuration, 'aws_kms_replica_key').Statement.map(({ Sid }) => Sid)).toEqual([
      'Enable IAM User Permissions',
      'Users',
    ]);
  });

  test('is refused users while its usage is unknown, a single-Region primary, and the primary’s Region', () => {
    const stack = aStack();
    const primaryKey = Key.fromKeyArn(stack, 'key', keyArn);
    expect(() => new ReplicaKey(stack, 'a', { primaryKey, users: [alice], ...options })).toThrow(/fromKeyAttributes/);
    expect(() => new ReplicaKey(stack, 'b', { primaryKey, region: 'eu-central-1' })).toThrow(/in eu-central-1 already/);
    const single = Key.fromKeyArn(stack, 'single', keyArn.replace(keyId, '1234abcd-12ab-34cd-56ef-1234567890ab'));
    expect(() => new ReplicaKey(stack, 'c', { primaryKey: single, ...options })).toThrow(/single-Region key/);
  });
});

describe('The public key', () => {
  test('of an asymmetric key is read when Terraform runs, once', () => {
    const stack = aStack();
    const key = new Key(stack, 'key', { keySpec: 'ECC_NIST_P256', keyUsage: 'SIGN_VERIFY', region: 'eu-north-1' });
    expect(resolved(stack, key.publicKey)).toMatch(/^\$\{data\.aws_kms_public_key\.\w+\.public_key\}$/);
    expect(resolved(stack, key.publicKeyPem)).toMatch(/^\$\{data\.aws_kms_public_key\.\w+\.public_key_pem\}$/);
    expect(Object.values(synthesize(stack).data?.aws_kms_public_key ?? {})).toEqual([
      expect.objectContaining({ region: 'eu-north-1', provider: 'aws', key_id: expect.stringContaining('.arn}') }),
    ]);
  });

  test('of a symmetric key is refused', () => {
    expect(() => new Key(aStack(), 'key').publicKey).toThrow(
      /\[stack\/key\] A SYMMETRIC_DEFAULT key has no public key/,
    );
  });
});
