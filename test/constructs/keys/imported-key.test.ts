import { Grant, Key } from '@keystead/constructs/cdktf';
import { Token } from 'cdktf';
import { alice, aStack, synthesize, theResource } from '../stack.ts';

const keyId = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const keyArn = `arn:aws:kms:eu-central-1:444455556666:key/${keyId}`;

describe('Key.fromKeyArn', () => {
  test('keeps the Region and key id of the ARN', () => {
    const key = Key.fromKeyArn(aStack(), 'key', keyArn);
    expect([key.keyArn, key.keyId, key.region]).toEqual([keyArn, keyId, 'eu-central-1']);
  });

  test('takes aliases and grants in the Region of the ARN', () => {
    const stack = aStack();
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
