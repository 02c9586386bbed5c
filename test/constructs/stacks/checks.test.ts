// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform writes references this way.
/** What a stack is refused for before Terraform runs: one row for each check, with its whole text. */
import {
  bindings,
  ExternalKey,
  Grant,
  Key,
  type KeyProps,
  KeysteadProvider,
  ReplicaKey,
  SecretInput,
} from '@keystead/constructs/cdktf';
import { Aspects, type TerraformProvider, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { account, alice, aStack, emptyStack, synthesize } from '../stack.ts';

const key = (props: KeyProps) => (stack: TerraformStack) => new Key(stack, 'orders', props);
const manyTags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']));
const providerOf = (stack: TerraformStack) => stack.node.findChild('keystead') as TerraformProvider;
const binding = (config: object) => (stack: TerraformStack) =>
  new bindings.kmsKey.KmsKey(stack, 'orders', { provider: providerOf(stack), ...config });
const sensitive = (stack: TerraformStack) => new TerraformVariable(stack, 'token', { type: 'string', sensitive: true });

const literal = (argument: string) =>
  `${argument} is a secret that is written in the program, so it would be in the stack, in version control and in every ` +
  'plan. Give it from a sensitive variable, a file or another reference, best in the write-only argument.';

describe('A stack is refused', () => {
  test.each<[what: string, declare: (stack: TerraformStack) => unknown, text: string]>([
    ['more than 50 tags', key({ tags: manyTags(51) }), 'It has 51 tags with those of the provider. Give at most 50.'],
    [
      'more than 50 tags of a binding',
      binding({ tags: manyTags(51) }),
      'It has 51 tags with those of the provider. Give at most 50.',
    ],
    [
      'more than 50 tags that an aspect gives',
      (stack) => {
        new Key(stack, 'orders');
        Aspects.of(stack).add({
          visit: (node) => {
            if (node instanceof bindings.kmsKey.KmsKey) node.tags = manyTags(51);
          },
        });
      },
      'It has 51 tags with those of the provider. Give at most 50.',
    ],
    ['a tag without name', key({ tags: { '': 'x' } }), 'The name of the tag "" has 0 characters. Give 1 to 128.'],
    [
      'a tag’s name above 128 characters',
      key({ tags: { ['n'.repeat(129)]: 'x' } }),
      `The name of the tag "${'n'.repeat(129)}" has 129 characters. Give 1 to 128.`,
    ],
    [
      'a tag’s value above 256 characters',
      key({ tags: { Department: 'v'.repeat(257) } }),
      'The value of the tag "Department" has 257 characters. Give at most 256.',
    ],
    [
      'a reserved tag',
      key({ tags: { 'aws:owner': 'x' } }),
      'The tag "aws:owner" begins with aws:, which is reserved. Give it another name.',
    ],
    [
      'a tag with other characters',
      key({ tags: { Department: 'sales, shop' } }),
      'The tag "Department" has other characters than letters, digits, spaces and _ . : / = + - @. Leave them out.',
    ],
    [
      'a description above 8192 characters',
      key({ description: 'x'.repeat(8193) }),
      'The description has 8193 characters. Give at most 8192.',
    ],
    [
      'a sensitive variable in a description',
      (stack) => new Key(stack, 'orders', { description: `for ${sensitive(stack).stringValue}` }),
      'The description has the sensitive variable stack/token, and everybody who can list the key reads it. Leave it out.',
    ],
    [
      'a sensitive variable in a tag',
      (stack) => new Key(stack, 'orders', { tags: { Token: sensitive(stack).stringValue } }),
      'The tag "Token" has the sensitive variable stack/token, and everybody who can list the key reads it. Leave it out.',
    ],
    [
      'key material in a binding',
      (stack) =>
        new bindings.kmsExternalKey.KmsExternalKey(stack, 'orders', {
          provider: providerOf(stack),
          keyMaterialBase64: 'c2VjcmV0',
        }),
      literal('key_material_base64'),
    ],
    [
      'a secret in a block of a binding',
      (stack) =>
        new bindings.kmsCustomKeyStore.KmsCustomKeyStore(stack, 'orders', {
          provider: providerOf(stack),
          customKeyStoreName: 'outside',
          xksProxyAuthenticationCredential: { accessKeyId: 'A', rawSecretAccessKeyWo: 'secret' },
        }),
      literal('raw_secret_access_key_wo'),
    ],
    [
      'the same alias twice',
      (stack) => {
        new Key(stack, 'first', { alias: 'orders' });
        new Key(stack, 'second', { alias: 'orders' });
      },
      'stack/first/Alias-orders gives the name alias/orders in the same account and Region already. Choose another name, or point that alias to this key.',
    ],
    [
      'a circle of a key, its policy and a role that knows the key',
      (stack) => {
        const made = new Key(stack, 'orders');
        const role = new bindings.iamRole.IamRole(stack, 'shop', {
          provider: providerOf(stack),
          assumeRolePolicy: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
          description: made.keyArn,
        });
        made.grantDecrypt(role.arn);
      },
      'These refer to each other in a circle: stack/orders → stack/shop → stack/orders. Terraform cannot order them. Let ' +
        "the key policy trust the account (trustAccountIdentities) and give access by the identity's policy (means: " +
        "'IDENTITY_POLICY') or by a Grant (means: 'KMS_GRANT'); or name the principal by its ARN as text.",
    ],
  ])('for %s', (_what, declare, text) => {
    const stack = aStack({ region: 'eu-west-1' });
    declare(stack);
    const [, at = '', message = ''] = /\n {2}\[([^\]]+)\] ([^\n]*)\n/.exec(failureOf(stack)) ?? [];
    expect(message).toBe(text);
    expect(at).toMatch(/^stack\/(orders|second\/Alias-orders)$/);
  });

  test('each time that it is written', () => {
    const stack = aStack();
    new Key(stack, 'orders', { tags: manyTags(51) });
    expect(failureOf(stack)).toBe(failureOf(stack));
  });
});

describe('A construct is refused at once', () => {
  const single = () => new Key(aStack(), 'orders');
  test.each<[string, () => unknown, string]>([
    [
      'use that the key’s usage does not have',
      () => single().grantSign(alice),
      "[stack/orders] The key's usage is ENCRYPT_DECRYPT; kms:Sign need SIGN_VERIFY. Declare a key with keyUsage SIGN_VERIFY for it.",
    ],
    [
      'grant operations that the key’s usage does not have',
      () => {
        const orders = single();
        new Grant(orders, 'grant', { key: orders, granteePrincipal: alice, operations: ['Sign'] });
      },
      '[stack/orders/grant] A SYMMETRIC_DEFAULT key with usage ENCRYPT_DECRYPT does not support Sign. Leave these operations out of the grant.',
    ],
    [
      'a pending window out of range',
      () => new Key(aStack(), 'orders', { pendingWindowInDays: 6 }),
      '[stack/orders] pendingWindowInDays is 6. Give a whole number of days from 7 to 30.',
    ],
    [
      'rotation of a key that cannot',
      () => new Key(aStack(), 'orders', { keySpec: 'HMAC_256', enableKeyRotation: true }),
      '[stack/orders] AWS KMS does not rotate HMAC_256 keys automatically. Leave out enableKeyRotation and rotationPeriodInDays; make a new key and move its alias instead.',
    ],
    [
      'a replica in its primary’s Region',
      () => {
        const stack = aStack();
        const primaryKey = new Key(stack, 'orders', { multiRegion: true, region: 'eu-west-1' });
        new ReplicaKey(stack, 'replica', { primaryKey, region: 'eu-west-1' });
      },
      '[stack/replica] The primary key is in eu-west-1 already. Name another Region for the replica.',
    ],
    [
      'key material as text',
      () => new ExternalKey(aStack(), 'orders', { keyMaterial: SecretInput.fromReference('c2VjcmV0') }),
      '[stack/orders] A secret is written in the program, so it would be in the stack, in version control and in every plan. Use SecretInput.fromVariable, fromFile, fromBinaryFile or fromReference.',
    ],
    [
      'an alias name of AWS',
      () => single().addAlias('aws/s3'),
      '[stack/orders/Alias-aws--s3] "alias/aws/s3" is reserved for keys that services manage. Choose a name that does not begin with aws/.',
    ],
  ])('for %s', (_what, declare, text) => {
    expect(messageOf(declare)).toBe(text);
  });
});

describe('What only Terraform knows is not checked', () => {
  test('tags, descriptions and secrets as references', () => {
    const stack = aStack();
    const plain = new TerraformVariable(stack, 'plain', { type: 'string' });
    new Key(stack, 'orders', {
      description: plain.stringValue,
      tags: { Department: plain.stringValue, Other: '${var.plain}' },
    });
    new bindings.kmsExternalKey.KmsExternalKey(stack, 'external', {
      provider: providerOf(stack),
      keyMaterialBase64: sensitive(stack).stringValue,
    });
    expect(() => synthesize(stack)).not.toThrow();
  });

  test('a policy that refers to data, to other resources, and a role that does not refer back', () => {
    const stack = aStack();
    const role = new bindings.iamRole.IamRole(stack, 'shop', {
      provider: providerOf(stack),
      assumeRolePolicy: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
    });
    new Key(stack, 'orders').grantDecrypt(role.arn);
    expect(() => synthesize(stack)).not.toThrow();
  });
});

describe('Aliases of several stacks', () => {
  function twoStacks(...settings: object[]) {
    const app = Testing.app();
    return settings.map((provider, index) => {
      const stack = new TerraformStack(app, `stack-${index}`);
      new KeysteadProvider(stack, 'keystead', provider);
      new Key(stack, 'key', { alias: 'orders' });
      return stack;
    }) as [TerraformStack, TerraformStack];
  }
  const place = { account, region: 'eu-west-1' };

  test('are refused in one account and Region', () => {
    const [first, second] = twoStacks(place, place);
    synthesize(first);
    expect(failureOf(second)).toMatch(/\[stack-1\/key\/Alias-orders\] stack-0\/key\/Alias-orders gives the name/);
  });

  test.each([
    ['Regions', { account, region: 'us-east-1' }],
    ['accounts', { account: '444455556666', region: 'eu-west-1' }],
    ['control planes', { ...place, endpoint: 'https://other.example.com' }],
  ])('are fine in two %s', (_what, other) => {
    const [first, second] = twoStacks(place, other);
    synthesize(first);
    expect(() => synthesize(second)).not.toThrow();
    expect(warnings(second)).toEqual([]);
  });

  test('are a warning where the program does not say their account', () => {
    const [first, second] = twoStacks({ region: 'eu-west-1' }, { region: 'eu-west-1' });
    synthesize(first);
    synthesize(second);
    expect(warnings(second)).toEqual([
      expect.stringMatching(/stack-0\/key\/Alias-orders.*Name `account` and `region`/),
    ]);
  });

  const warnings = (stack: TerraformStack) =>
    stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data));
});

test('A stack without our provider class is checked too', () => {
  const stack = emptyStack();
  new bindings.provider.AwsProvider(stack, 'keystead', {});
  new Key(stack, 'orders', { tags: manyTags(51) });
  expect(failureOf(stack)).toMatch(/\[stack\/orders\] It has 51 tags/);
});

function failureOf(stack: TerraformStack): string {
  return messageOf(() => synthesize(stack));
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
}
