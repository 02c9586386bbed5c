import { bindings, Grant, Key, KeysteadProvider, type KeysteadProviderProps } from '@keystead/constructs/cdktf';
import { TerraformProvider, type TerraformStack } from 'cdktf';
import { account, alice, aStack, emptyStack, synthesize, theResource } from '../stack.ts';

function providerArguments(props: KeysteadProviderProps) {
  const stack = emptyStack();
  new KeysteadProvider(stack, 'keystead', props);
  new Key(stack, 'key');
  return synthesize(stack).provider[props.localName ?? 'aws']?.[0];
}

/** Another vendor's provider with the same local name. */
class ForeignProvider extends TerraformProvider {
  constructor(stack: TerraformStack) {
    super(stack, 'foreign', { terraformResourceType: 'aws', terraformProviderSource: 'hashicorp/aws' });
  }
}

describe('KeysteadProvider', () => {
  test('says where the control plane is, for which account and Region', () => {
    expect(
      providerArguments({
        endpoint: 'https://keys.example.com',
        region: 'eu-west-1',
        account,
        profile: 'ci',
        sharedCredentialsFiles: ['/etc/keystead/credentials'],
        defaultTags: { Team: 'platform' },
      }),
    ).toEqual({
      endpoints: [{ kms: 'https://keys.example.com', sts: 'https://keys.example.com' }],
      region: 'eu-west-1',
      allowed_account_ids: [account],
      profile: 'ci',
      shared_credentials_files: ['/etc/keystead/credentials'],
      default_tags: { tags: { Team: 'platform' } },
    });
  });

  test('leaves everything to the environment when no props are given', () => {
    expect(providerArguments({})).toEqual({});
  });

  test.each([
    ['tags by name', { Team: 'platform' }, { tags: { Team: 'platform' } }],
    ['the block', { tags: { Team: 'platform' } }, { tags: { Team: 'platform' } }],
    ['the array of the prebuilt bindings', [{ tags: { Team: 'platform' } }], [{ tags: { Team: 'platform' } }]],
    ['a tag with the name of the argument', { tags: 'yes' }, { tags: { tags: 'yes' } }],
  ])('takes as default tags %s', (_form, defaultTags, expected) => {
    expect(providerArguments({ defaultTags })).toEqual({ default_tags: expected });
  });

  test('takes its other blocks alone and as arrays', () => {
    const role = { roleArn: alice };
    const token = { ...role, webIdentityTokenFile: '/run/token' };
    const block = { role_arn: alice };
    expect(
      providerArguments({ ignoreTags: { keys: ['Owner'] }, assumeRole: role, assumeRoleWithWebIdentity: token }),
    ).toEqual({
      ignore_tags: { keys: ['Owner'] },
      assume_role: [block],
      assume_role_with_web_identity: { ...block, web_identity_token_file: '/run/token' },
    });
    expect(
      providerArguments({
        ignoreTags: [{ keys: ['Owner'] }],
        assumeRole: [role, role],
        assumeRoleWithWebIdentity: [token],
      }),
    ).toEqual({
      ignore_tags: [{ keys: ['Owner'] }],
      assume_role: [block, block],
      assume_role_with_web_identity: [{ ...block, web_identity_token_file: '/run/token' }],
    });
  });

  test('names its source with a version that stays within the major one', () => {
    expect(synthesize(withKey(aStack())).terraform.required_providers).toEqual({
      aws: { source: 'keystead/aws', version: expect.stringMatching(/^~> \d+\.\d+$/) },
    });
  });

  test('takes another source address and another local name', () => {
    const stack = aStack({ source: 'mirror.example.com/keystead/aws', localName: 'keystead' });
    const configuration = synthesize(withKey(stack));
    expect(configuration.terraform.required_providers).toEqual({
      keystead: expect.objectContaining({ source: 'mirror.example.com/keystead/aws' }),
    });
    expect(theResource(configuration, 'aws_kms_key').provider).toBe('keystead');
  });

  test('refuses at synth to share its local name with another source', () => {
    const stack = withKey(aStack());
    new ForeignProvider(stack);
    expect(() => synthesize(stack)).toThrow(/share the local name "aws".*localName: "keystead"/);
  });

  test('stands beside hashicorp/aws under a name of its own', () => {
    const stack = withKey(aStack({ localName: 'keystead' }));
    new ForeignProvider(stack);
    const configuration = synthesize(stack);
    expect(Object.keys(configuration.terraform.required_providers).sort()).toEqual(['aws', 'keystead']);
    expect(theResource(configuration, 'aws_kms_key').provider).toBe('keystead');
  });

  test.each<[string, KeysteadProviderProps, RegExp]>([
    ['an endpoint that is not an address', { endpoint: 'keys.example.com' }, /http:\/\/ or https:\/\//],
    ['an account id of 11 digits', { account: '11112222333' }, /12 digits/],
  ])('refuses %s', (_what, props, message) => {
    expect(() => providerArguments(props)).toThrow(message);
  });
});

describe('The provider of a construct', () => {
  test('is found wherever in the stack it is declared', () => {
    const stack = emptyStack();
    const key = new Key(stack, 'key', { alias: 'orders' });
    new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Decrypt'] });
    new KeysteadProvider(stack, 'keystead', { account });
    const configuration = synthesize(stack);
    for (const type of ['aws_kms_key', 'aws_kms_alias', 'aws_kms_grant']) {
      expect(theResource(configuration, type).provider).toBe('aws');
    }
  });

  test('can be the plain binding, whose account is looked up', () => {
    const stack = emptyStack();
    new bindings.provider.AwsProvider(stack, 'aws', { region: 'eu-west-1' });
    const configuration = synthesize(withKey(stack));
    expect(Object.keys(configuration.data?.aws_caller_identity ?? {})).toHaveLength(1);
    expect(String(theResource(configuration, 'aws_kms_key').policy)).toMatch(
      /arn:aws:iam::\$\{data\.aws_caller_identity\.\w+\.account_id\}:root/,
    );
  });

  test('is the one without an alias when there are several', () => {
    const stack = aStack();
    new KeysteadProvider(stack, 'overseas', { alias: 'overseas', region: 'us-east-1' });
    expect(theResource(synthesize(withKey(stack)), 'aws_kms_key').provider).toBe('aws');
  });

  test('follows the key to its aliases and grants', () => {
    const stack = aStack();
    const provider = new KeysteadProvider(stack, 'overseas', { alias: 'overseas', region: 'us-east-1' });
    const key = new Key(stack, 'key', { provider, alias: 'orders' });
    new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Decrypt'] });
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_kms_alias').provider).toBe('aws.overseas');
    expect(theResource(configuration, 'aws_kms_grant').provider).toBe('aws.overseas');
  });

  test('must be given when the stack has none', () => {
    expect(() => synthesize(withKey(emptyStack()))).toThrow(/"stack" has no Keystead provider. Add `new Keystead/);
  });

  test('must be given when none of several is the default', () => {
    const stack = emptyStack();
    for (const alias of ['a', 'b']) new KeysteadProvider(stack, alias, { alias, account });
    expect(() => synthesize(withKey(stack))).toThrow(/has 2 Keystead providers and no single default/);
  });
});

function withKey(stack: TerraformStack): TerraformStack {
  new Key(stack, 'key');
  return stack;
}
