// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform and IAM write references and variables this way.
import { CustomKeyStore, ExternalKey, Grant, Key, KeysteadProvider, SecretInput } from '@keystead/constructs/cdktf';
import { KeysteadTemplate, Match } from '@keystead/constructs/cdktf/testing';
import { TerraformOutput, TerraformStack, Testing } from 'cdktf';
import { account, alice, aStack, bob } from '../stack.ts';

function orders() {
  const stack = aStack();
  const key = new Key(stack, 'orders', {
    description: 'Orders',
    alias: 'orders',
    multiRegion: true,
    rotationPeriodInDays: 180,
    pendingWindowInDays: 14,
    tags: { Department: 'sales', Team: 'shop' },
    users: [alice, bob],
  });
  key.replicateTo('us-east-1', { description: 'Orders, replica' });
  new Key(stack, 'macs', { keySpec: 'HMAC_256', description: 'MACs', enabled: false });
  new Grant(stack, 'grant', { key, granteePrincipal: alice, operations: ['Encrypt', 'Decrypt'] });
  new TerraformOutput(stack, 'arn', { value: key.keyArn, staticId: true });
  return { key, template: KeysteadTemplate.fromStack(stack) };
}

const messageOf = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The assertion holds.');
};

describe('KeysteadTemplate', () => {
  const { key, template } = orders();

  test('finds keys by props of the constructs or arguments of Terraform', () => {
    template.hasKey({ rotationPeriodInDays: 180, enableKeyRotation: true, pendingWindowInDays: 14 });
    template.hasKey({ rotation_period_in_days: 180, deletion_window_in_days: 14 });
    template.hasKey({ keySpec: 'HMAC_256', enabled: false, removalProtection: true });
    template.hasKey({ tags: { Department: 'sales' } });
    template.hasKey();
  });

  test('finds replicas, aliases, grants, outputs and data sources', () => {
    template.hasReplica({ region: 'us-east-1', description: 'Orders, replica' });
    template.hasAlias('orders');
    template.hasAlias('alias/orders');
    template.hasAlias({ aliasName: 'alias/orders' });
    template.hasGrant({ granteePrincipal: alice, operations: ['Decrypt', 'Encrypt'] });
    template.hasOutput('arn', key.keyArn);
    const stack = aStack();
    Key.fromAliasName(stack, 'key', 'orders');
    KeysteadTemplate.fromStack(stack).hasDataSource('aws_kms_key', { key_id: 'alias/orders' });
  });

  test('finds keys with imported material and key stores', () => {
    const stack = aStack();
    new ExternalKey(stack, 'key', { validTo: '2027-01-01T00:00:00Z' });
    new CustomKeyStore(stack, 'store', {
      customKeyStoreName: 'hsm',
      cloudHsmCluster: {
        clusterId: 'cluster-2a23b4cdefg',
        trustAnchorCertificate: 'PEM',
        password: SecretInput.fromFile('/run/secrets/password'),
      },
    });
    const whole = KeysteadTemplate.fromStack(stack);
    whole.hasExternalKey({ validTo: '2027-01-01T00:00:00Z' });
    whole.hasCustomKeyStore({ customKeyStoreName: 'hsm', keyStorePassword: Match.absent() });
  });

  test('compares references with what Terraform will read', () => {
    template.hasGrant({ keyId: key.keyId });
    template.hasReplica({ primaryKeyArn: key.keyArn });
    template.hasAlias({ targetKeyId: key.keyId });
  });

  test('finds statements of key policies, whatever the form and order of their lists', () => {
    template.hasKeyPolicyStatement({ Sid: 'Users', Principal: { AWS: [bob, alice] } }, key);
    template.hasKeyPolicyStatement({ Sid: 'Enable IAM User Permissions', Action: ['kms:*'] });
    template.hasKeyPolicyStatement({ Action: Match.arrayWith(['kms:Decrypt', 'kms:Encrypt']) });
    const macs = { keyArn: '${aws_kms_key.macs_25C45D2C.arn}' };
    expect(() => template.hasKeyPolicyStatement({ Sid: 'Users' }, macs)).toThrow(/No key policy statement/);
  });

  test('reads policy variables as the control plane gets them', () => {
    const stack = aStack();
    const conditions = { StringLike: { 'kms:EncryptionContext:path': '${aws:username}/*' } };
    new Key(stack, 'key').addToKeyPolicy({ principals: [alice], actions: ['kms:Decrypt'], conditions });
    KeysteadTemplate.fromStack(stack).hasKeyPolicyStatement({ Condition: conditions });
  });

  test('counts, lists and gives resources', () => {
    template.resourceCountIs('aws_kms_key', 2);
    template.resourceCountIs('aws_iam_role', 0);
    template.resourcePropertiesCountIs('aws_kms_key', { description: 'MACs' }, 1);
    template.allResources('aws_kms_key', { provider: 'aws' });
    template.hasResource('aws_kms_key', { description: 'MACs' });
    expect(Object.values(template.findResources('aws_kms_key', { description: 'MACs' }))).toEqual([
      expect.objectContaining({ customer_master_key_spec: 'HMAC_256' }),
    ]);
    expect(Object.keys(template.toJson())).toEqual(expect.arrayContaining(['resource', 'provider', 'terraform']));
  });

  test('takes matchers of jest', () => {
    template.hasKey({ description: expect.stringMatching(/^Ord/), tags: expect.objectContaining({ Team: 'shop' }) });
    expect(() => template.hasKey({ description: expect.stringMatching(/^x/) })).toThrow(
      /description: expected StringMatching/,
    );
  });

  test('takes matchers of its own, which jest takes too', () => {
    template.hasKey({ description: Match.stringLikeRegexp('^Ord'), keySpec: Match.absent() });
    template.hasKey({ tags: Match.exact({ Department: 'sales', Team: 'shop' }) });
    template.hasKey({ tags: Match.not(Match.objectEquals({ Department: 'sales' })), multiRegion: Match.anyValue() });
    template.hasGrant({ operations: Match.arrayEquals(['Decrypt', 'Encrypt']) });
    template.hasKey({ policy: Match.serializedJson({ Version: '2012-10-17' }) });
    template.hasKey({ tags: Match.objectLike({ Team: 'shop' }) });
    expect({ a: 'orders' }).toEqual({ a: Match.stringLikeRegexp('^ord') });
    expect(() => template.hasKey({ tags: Match.exact({ Department: 'sales' }) })).toThrow(/Match.exact/);
    expect(Match.serializedJson({}).asymmetricMatch('{')).toBe(false);
    expect(Match.arrayWith(['a']).asymmetricMatch('a')).toBe(false);
  });

  test('shows the closest candidate, and each place where it differs', () => {
    const message = messageOf(() =>
      template.hasKey({ description: 'Orders', rotationPeriodInDays: 90, tags: { Department: 'finance' } }),
    );
    expect(message.split('\n')).toEqual([
      expect.stringMatching(
        /^No aws_kms_key has \{"description":"Orders",.*\}\. The closest is orders_\w+ \(stack\/orders\) \(and 1 more\):$/,
      ),
      '  rotation_period_in_days: expected 90, found 180',
      '  tags.Department: expected "finance", found "sales"',
    ]);
  });

  test('says what there is where nothing of the type is', () => {
    expect(messageOf(() => template.hasExternalKey())).toBe(
      'No aws_kms_external_key has {}. The stack has none. It has: 1 aws_kms_alias, 1 aws_kms_grant, ' +
        '2 aws_kms_key, 1 aws_kms_replica_key.',
    );
    expect(messageOf(() => KeysteadTemplate.fromStack(aStack()).hasKey())).toMatch(/It has: nothing\.$/);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'a count',
      () => template.resourceCountIs('aws_kms_key', 3),
      /has 2 aws_kms_key, not 3: macs_\w+ \(stack\/macs\), orders_/,
    ],
    ['a count with arguments', () => template.resourcePropertiesCountIs('aws_kms_key', {}, 1), /2 aws_kms_key with/],
    ['all', () => template.allResources('aws_kms_key', { description: 'MACs' }), /expected "MACs", found "Orders"/],
    ['an output', () => template.hasOutput('arn', 'x'), /No output arn has .*expected "x", found "\$\{aws_kms_key/s],
    ['an output that is not there', () => template.hasOutput('id', 'x'), /The stack has none/],
    ['a data source', () => template.hasDataSource('aws_region'), /No data source aws_region/],
    ['an array of another length', () => template.hasGrant({ operations: ['Decrypt'] }), /operations: expected/],
    ['an element', () => template.hasGrant({ operations: ['Decrypt', 'Sign'] }), /operations\[1\]: expected "Sign"/],
    [
      'a member that is missing',
      () => template.hasAlias({ region: 'eu-west-1' }),
      /region: expected .*, found nothing/,
    ],
  ])('refuses %s that differs', (_what, run, message) => {
    expect(messageOf(run)).toMatch(message);
  });

  test('runs the checks of app.synth() first', () => {
    const stack = aStack();
    new Key(stack, 'key', { trustAccountIdentities: false });
    expect(() => KeysteadTemplate.fromStack(stack)).toThrow(/The key policy has no statements/);
  });

  test('resolves references to other stacks', () => {
    const app = Testing.app();
    const stacks = ['keys', 'users'].map((name) => new TerraformStack(app, name));
    const [keys, users] = stacks as [TerraformStack, TerraformStack];
    for (const stack of stacks) new KeysteadProvider(stack, 'keystead', { account });
    const shared = new Key(keys, 'key');
    new Grant(users, 'grant', { key: shared, granteePrincipal: alice, operations: ['Decrypt'] });
    KeysteadTemplate.fromStack(users).hasGrant({ keyId: Match.stringLikeRegexp('data\\.terraform_remote_state\\.') });
    KeysteadTemplate.fromStack(keys).hasKey();
  });
});
