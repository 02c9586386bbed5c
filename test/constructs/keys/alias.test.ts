import { Alias, Grant, type IKey, Key, ReplicaKey } from '@keystead/constructs/cdktf';
import { alice, aStack, resolved, synthesize, thePolicy, theResource } from '../stack.ts';

function aliasArguments(aliasName: string) {
  const stack = aStack();
  new Alias(stack, 'alias', { aliasName, targetKey: new Key(stack, 'key', { region: 'eu-north-1' }) });
  return theResource(synthesize(stack), 'aws_kms_alias');
}

describe('Alias', () => {
  test('names a key in the key’s own Region', () => {
    expect(aliasArguments('alias/orders')).toEqual(
      expect.objectContaining({
        name: 'alias/orders',
        region: 'eu-north-1',
        provider: 'aws',
        target_key_id: expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.key_id\}$/),
      }),
    );
  });

  test('puts alias/ in front of a bare name', () => {
    expect(aliasArguments('sales/orders').name).toBe('alias/sales/orders');
  });

  test.each([
    ['a reserved name', 'aws/s3', /reserved/],
    ['a reserved name in full', 'alias/aws/s3', /reserved/],
    ['an empty name', '', /not an alias name/],
    ['a name with a space', 'my orders', /not an alias name/],
    ['a name above 256 characters', 'x'.repeat(251), /1 to 250/],
  ])('refuses %s', (_what, aliasName, message) => {
    expect(() => aliasArguments(aliasName)).toThrow(message);
    expect(() => aliasArguments(aliasName)).toThrow(/^\[stack\/alias\] /);
  });

  test('refuses the same name twice on one key', () => {
    const key = new Key(aStack(), 'key', { alias: 'orders' });
    expect(() => key.addAlias('alias/orders')).toThrow(/Alias-orders/);
  });
});

describe('An alias as a key', () => {
  test('answers with its target: references, kind, policy, grants', () => {
    const stack = aStack();
    const key = new Key(stack, 'key', { keySpec: 'ECC_NIST_P256', keyUsage: 'SIGN_VERIFY', multiRegion: true });
    const alias: IKey = key.addAlias('orders');
    expect([alias.keyArn, alias.keyId, alias.keySpec, alias.keyUsage, alias.multiRegion, alias.origin]).toEqual([
      key.keyArn,
      key.keyId,
      'ECC_NIST_P256',
      'SIGN_VERIFY',
      true,
      'AWS_KMS',
    ]);
    alias.grantSign(alice);
    new Grant(stack, 'grant', { key: alias, granteePrincipal: alice, operations: ['Sign'] });
    new ReplicaKey(stack, 'replica', { primaryKey: alias, region: 'us-east-1' });
    const configuration = synthesize(stack);
    expect(thePolicy(configuration).Statement).toHaveLength(2);
    expect(thePolicy(configuration, 'aws_kms_replica_key')).toEqual(thePolicy(configuration));
    expect(theResource(configuration, 'aws_kms_grant').key_id).toMatch(/^\$\{aws_kms_key\.key_\w+\.key_id\}$/);
    expect(() => alias.grantEncrypt(alice)).toThrow(/usage is SIGN_VERIFY/);
  });

  test('gives its target another alias', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    key.addAlias('first').addAlias('second');
    expect(key.node.children.map(({ node }) => node.id)).toEqual(['Resource', 'Alias-first', 'Alias-second']);
  });
});

describe('A generated alias name', () => {
  test('is the key’s path, the same in every run', () => {
    const stack = aStack();
    const key = new Key(stack, 'orders key');
    expect(key.addAlias().aliasName).toBe('alias/stack/orders-key');
    expect(new Alias(stack, 'other', { targetKey: key }).aliasName).toBe(Alias.generatedName(key));
  });

  test('is cut at the limit, and stays unique by a digest of the path', () => {
    const stack = aStack();
    const names = ['a', 'b'].map((end) => Alias.generatedName(new Key(stack, `${'x'.repeat(300)}${end}`)));
    expect(names.map((name) => name.length)).toEqual([256, 256]);
    expect(names[0]).not.toBe(names[1]);
  });
});

describe('Alias.fromAliasName', () => {
  test('looks up what is used of it, and nothing else', () => {
    const stack = aStack();
    const alias = Alias.fromAliasName(stack, 'alias', 'orders');
    expect(alias.aliasName).toBe('alias/orders');
    expect(synthesize(stack).data).toBeUndefined();
    new Grant(stack, 'grant', { key: alias, granteePrincipal: alice, operations: ['Decrypt'] });
    const { data, resource } = synthesize(stack);
    expect(Object.values(data?.aws_kms_key ?? {})).toEqual([
      expect.objectContaining({ key_id: 'alias/orders', provider: 'aws' }),
    ]);
    expect(Object.values(resource.aws_kms_grant ?? {})).toHaveLength(1);
    expect(Object.keys(data ?? {})).toEqual(['aws_kms_key']);
  });

  test('has an ARN by a look-up, and its target refuses policy changes instead of dropping them', () => {
    const stack = aStack();
    const alias = Alias.fromAliasName(stack, 'alias', 'orders');
    expect(resolved(stack, alias.aliasArn)).toMatch(/^\$\{data\.aws_kms_alias\.\w+\.arn\}$/);
    expect(alias.aliasArn).toBe(alias.aliasArn);
    expect(() => alias.grantDecrypt(alice)).toThrow(/imported key is declared where the key is/);
  });

  test('refuses a name that cannot be', () => {
    expect(() => Alias.fromAliasName(aStack(), 'alias', 'my orders')).toThrow(/not an alias name/);
  });
});

describe('Alias.fromAliasArn', () => {
  const aliasArn = 'arn:aws:kms:eu-central-1:444455556666:alias/orders';

  test('keeps account and Region: the key is looked up by the whole ARN, in its Region', () => {
    const stack = aStack();
    const alias = Alias.fromAliasArn(stack, 'alias', aliasArn);
    expect([alias.aliasName, alias.aliasArn]).toEqual(['alias/orders', aliasArn]);
    new Grant(stack, 'grant', { key: alias, granteePrincipal: alice, operations: ['Decrypt'] });
    const configuration = synthesize(stack);
    expect(Object.values(configuration.data?.aws_kms_key ?? {})).toEqual([
      expect.objectContaining({ key_id: aliasArn, region: 'eu-central-1' }),
    ]);
    expect(theResource(configuration, 'aws_kms_grant')).toEqual(
      expect.objectContaining({
        region: 'eu-central-1',
        key_id: expect.stringMatching(/^\$\{data\.aws_kms_key\.\w+\.arn\}$/),
      }),
    );
  });

  test.each(['alias/orders', 'arn:aws:kms:eu-central-1:444455556666:key/mrk-1234abcd12ab34cd56ef1234567890ab'])(
    'refuses %s',
    (text) => {
      expect(() => Alias.fromAliasArn(aStack(), 'alias', text)).toThrow(/\[stack\/alias\] .* is not an alias ARN/);
    },
  );
});

test('Alias.fromAliasAttributes names a key that is at hand', () => {
  const stack = aStack();
  const targetKey = new Key(stack, 'key', { region: 'eu-north-1' });
  const alias = Alias.fromAliasAttributes(stack, 'alias', { aliasName: 'orders', targetKey });
  expect([alias.aliasName, alias.keyArn, alias.targetKey]).toEqual(['alias/orders', targetKey.keyArn, targetKey]);
  expect(resolved(stack, alias.aliasArn)).toMatch(/^\$\{data\.aws_kms_alias\.\w+\.arn\}$/);
  alias.grantDecrypt(alice);
  expect(thePolicy(synthesize(stack)).Statement).toHaveLength(2);
});
