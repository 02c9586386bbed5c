import {
  Alias,
  bindings,
  CustomKeyStore,
  ExternalKey,
  Key,
  RequireAliasNames,
  RequireDeletionProtection,
  RequireKeyRotation,
  RequireNamedPrincipals,
  Tags,
} from '@keystead/constructs/cdktf';
import { KeysteadTemplate, Match } from '@keystead/constructs/cdktf/testing';
import { Aspects, Fn, type IAspect, type TerraformProvider, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { account, aStack, synthesize } from '../stack.ts';

function stackWith(aspect: IAspect, declare: (stack: TerraformStack) => void): TerraformStack {
  const stack = aStack();
  Aspects.of(stack).add(aspect);
  declare(stack);
  return stack;
}

const refusals = (stack: TerraformStack): string[] => {
  try {
    synthesize(stack);
    return [];
  } catch (error) {
    return [...String(error).matchAll(/^ {2}(\[.*)$/gm)].map(([, line = '']) => line);
  }
};

const warnings = (stack: TerraformStack) =>
  stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => `[${node.path}] ${data}`),
    );

describe('RequireKeyRotation', () => {
  const declare = (stack: TerraformStack) => {
    new Key(stack, 'off');
    new Key(stack, 'on', { enableKeyRotation: true });
    new Key(stack, 'mac', { keySpec: 'HMAC_256' });
    const customKeyStore = CustomKeyStore.fromCustomKeyStoreId(stack, 'store', 'cks-1234567890abcdef0');
    new Key(stack, 'held', { customKeyStore });
    new ExternalKey(stack, 'imported');
  };
  const text = "[stack/off] The key does not rotate. Set enableKeyRotation, or give the rule mode: 'FIX'.";

  test('refuses keys that can rotate and do not, and leaves the others alone', () => {
    expect(refusals(stackWith(new RequireKeyRotation(), declare))).toEqual([text]);
  });

  test('warns when asked to', () => {
    const stack = stackWith(new RequireKeyRotation({ mode: 'WARN' }), declare);
    expect(refusals(stack)).toEqual([]);
    expect(warnings(stack)).toEqual([text]);
  });

  test('makes them rotate when asked to', () => {
    const template = KeysteadTemplate.fromStack(
      stackWith(new RequireKeyRotation({ mode: 'FIX', rotationPeriodInDays: 180 }), declare),
    );
    template.resourcePropertiesCountIs('aws_kms_key', { enableKeyRotation: true }, 2);
    template.resourcePropertiesCountIs('aws_kms_key', { rotationPeriodInDays: 180 }, 1);
  });

  test('sees what an aspect after it changes', () => {
    const stack = stackWith(new RequireKeyRotation(), (inside) => void new Key(inside, 'off'));
    Aspects.of(stack).add(new RequireKeyRotation({ mode: 'FIX' }));
    expect(refusals(stack)).toEqual([]);
  });
});

describe('RequireDeletionProtection', () => {
  const declare = (stack: TerraformStack) => {
    new Key(stack, 'kept', { multiRegion: true }).replicateTo('us-east-1', { removalProtection: false });
    const provider = stack.node.findChild('keystead') as TerraformProvider;
    new bindings.kmsKey.KmsKey(stack, 'binding', { provider });
  };

  test('refuses keys, replicas and bindings without it', () => {
    const remedy =
      "The key is not protected from deletion. Leave removalProtection at its default, or give the rule mode: 'FIX'.";
    expect(refusals(stackWith(new RequireDeletionProtection(), declare))).toEqual([
      `[stack/kept/Replica-us-east-1] ${remedy}`,
      `[stack/binding] ${remedy}`,
    ]);
  });

  test('protects them when asked to', () => {
    const template = KeysteadTemplate.fromStack(stackWith(new RequireDeletionProtection({ mode: 'FIX' }), declare));
    template.allResources('aws_kms_key', { deletion_protection: true });
    template.hasReplica({ removalProtection: true });
  });
});

describe('RequireNamedPrincipals', () => {
  const declare = (stack: TerraformStack) => {
    new Key(stack, 'named');
    new Key(stack, 'open').addToKeyPolicy({
      principals: ['*'],
      actions: ['kms:Decrypt'],
      conditions: { StringEquals: { 'kms:CallerAccount': account } },
    });
  };

  test('refuses a policy that allows everybody, with conditions too', () => {
    expect(refusals(stackWith(new RequireNamedPrincipals(), declare))).toEqual([
      '[stack/open] The key policy allows everybody ("*") "kms:Decrypt". Name the principals, or trust their account.',
    ]);
  });

  test('accepts conditions, or warns, when asked to', () => {
    expect(refusals(stackWith(new RequireNamedPrincipals({ allowWithConditions: true }), declare))).toEqual([]);
    const stack = stackWith(new RequireNamedPrincipals({ mode: 'WARN' }), declare);
    expect([refusals(stack), warnings(stack)]).toEqual([[], [expect.stringContaining('[stack/open]')]]);
  });

  test.each(['"*"', '{"AWS":["*"]}', '{"AWS":"*"}'])('reads the policy of a binding: %s', (principal) => {
    const policy = `{"Statement":{"Effect":"Allow","Principal":${principal},"Action":"kms:*","Resource":"*"}}`;
    const stack = stackWith(new RequireNamedPrincipals(), (inside) => {
      const provider = inside.node.findChild('keystead') as TerraformProvider;
      new bindings.kmsKey.KmsKey(inside, 'binding', { provider, policy });
    });
    expect(refusals(stack)).toEqual([expect.stringContaining('[stack/binding] The key policy allows everybody')]);
  });
});

describe('RequireAliasNames', () => {
  const declare = (stack: TerraformStack) => {
    const targetKey = new Key(stack, 'key', { alias: 'shop/orders' });
    new Alias(stack, 'other', { aliasName: 'invoices', targetKey });
  };

  test('refuses names that do not fit', () => {
    expect(refusals(stackWith(new RequireAliasNames({ pattern: 'shop/.+' }), declare))).toEqual([
      '[stack/other] The alias name "invoices" does not fit the pattern shop/.+. Choose a name that does.',
    ]);
  });

  test('puts a prefix in front when asked to', () => {
    const rule = new RequireAliasNames({ pattern: 'shop/.+', prefix: 'shop/', mode: 'FIX' });
    const template = KeysteadTemplate.fromStack(stackWith(rule, declare));
    template.hasAlias('shop/invoices');
    template.hasAlias('shop/orders');
  });
});

describe('Tags.of', () => {
  test('tags everything in a scope that has tags; what is nearer wins', () => {
    const stack = aStack();
    const part = new Construct(stack, 'part');
    new Key(stack, 'orders', { tags: { Team: 'shop' } });
    new Key(part, 'archive', { tags: { Department: 'none' }, alias: 'archive' });
    new ExternalKey(part, 'vault');
    Tags.of(part).add('Department', 'archive');
    Tags.of(stack).add('Department', 'sales');
    const template = KeysteadTemplate.fromStack(stack);
    template.hasKey({ tags: Match.exact({ Team: 'shop', Department: 'sales' }) });
    template.hasKey({ tags: Match.exact({ Department: 'archive' }) });
    template.hasExternalKey({ tags: { Department: 'archive' } });
  });

  test('removes tags, and leaves types out', () => {
    const stack = aStack();
    new Key(stack, 'orders', { tags: { Team: 'shop' } });
    new ExternalKey(stack, 'vault');
    Tags.of(stack).remove('Team');
    Tags.of(stack).add('Kind', 'key', { includeResourceTypes: ['aws_kms_key'] });
    Tags.of(stack).add('Other', 'x', { excludeResourceTypes: ['aws_kms_key'] });
    const template = KeysteadTemplate.fromStack(stack);
    template.hasKey({ tags: Match.exact({ Kind: 'key' }) });
    template.hasExternalKey({ tags: Match.exact({ Other: 'x' }) });
  });

  test('takes the last tag away whole', () => {
    const stack = aStack();
    new Key(stack, 'orders', { tags: { Team: 'shop' } });
    Tags.of(stack).remove('Team');
    KeysteadTemplate.fromStack(stack).hasKey({ tags: Match.absent() });
  });

  test('refuses tags that only Terraform knows', () => {
    const stack = aStack();
    const tags = Fn.merge([{ Team: 'shop' }, { Other: 'x' }]) as unknown as Record<string, string>;
    new Key(stack, 'orders', { tags });
    Tags.of(stack).add('Department', 'sales');
    expect(() => synthesize(stack)).toThrow(/^\[stack\/orders\] Its tags are a value that only Terraform knows/);
  });

  test('counts with the tags of the props', () => {
    const stack = aStack({ defaultTags: { Owner: 'x' } });
    new Key(stack, 'orders');
    for (let number = 0; number < 50; number++) Tags.of(stack).add(`tag-${number}`, 'x');
    expect(refusals(stack)).toEqual(['[stack/orders] It has 51 tags with those of the provider. Give at most 50.']);
  });
});
