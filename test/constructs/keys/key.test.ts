import { type bindings, Key, type KeyProps } from '@keystead/constructs/cdktf';
import { TerraformOutput, Testing } from 'cdktf';
import { alice, aStack, resources, synthesize, theResource } from '../stack.ts';

function keyArguments(props: KeyProps) {
  const stack = aStack();
  new Key(stack, 'key', props);
  return theResource(synthesize(stack), 'aws_kms_key');
}

describe('Key', () => {
  test('declares nothing but its policy, its protection and its provider when it is given no props', () => {
    const { '//': _, policy, ...rest } = keyArguments({});
    expect(typeof policy).toBe('string');
    expect(rest).toEqual({ provider: 'aws', deletion_protection: true, construct_path: 'stack/key' });
  });

  test('passes every prop on under its Terraform name', () => {
    const props: KeyProps = {
      description: 'Orders',
      enabled: false,
      enableKeyRotation: true,
      rotationPeriodInDays: 180,
      rotationTriggers: { date: '2027-03-04' },
      pendingWindowInDays: 14,
      multiRegion: true,
      region: 'eu-central-1',
      tags: { Department: 'sales' },
      bypassPolicyLockoutSafetyCheck: true,
      removalProtection: false,
    };
    expect(keyArguments(props)).toEqual(
      expect.objectContaining({
        description: 'Orders',
        is_enabled: false,
        enable_key_rotation: true,
        rotation_period_in_days: 180,
        rotation_triggers: { date: '2027-03-04' },
        deletion_window_in_days: 14,
        multi_region: true,
        region: 'eu-central-1',
        tags: { Department: 'sales' },
        bypass_policy_lockout_safety_check: true,
      }),
    );
  });

  test('is protected from removal unless that is switched off', () => {
    expect(keyArguments({}).deletion_protection).toBe(true);
    expect(keyArguments({ removalProtection: false }).deletion_protection).toBe(false);
  });

  test('rotates when it is given a rotation period alone', () => {
    expect(keyArguments({ rotationPeriodInDays: 90 }).enable_key_rotation).toBe(true);
  });

  test('takes the only usage a key spec can have', () => {
    expect(keyArguments({ keySpec: 'HMAC_256' })).toEqual(
      expect.objectContaining({ customer_master_key_spec: 'HMAC_256', key_usage: 'GENERATE_VERIFY_MAC' }),
    );
  });

  test('warns about a key spec that the control plane cannot make yet', () => {
    const stack = aStack();
    const warnings = (key: Key) => key.node.metadata.map(({ data }) => data);
    expect(warnings(new Key(stack, 'sm2', { keySpec: 'SM2', keyUsage: 'SIGN_VERIFY' }))).toEqual([
      expect.stringContaining('cannot make SM2'),
    ]);
    expect(warnings(new Key(stack, 'hmac', { keySpec: 'HMAC_256' }))).toEqual([]);
  });

  test.each<[string, KeyProps, RegExp]>([
    ['a rotation period below 90 days', { rotationPeriodInDays: 89 }, /rotationPeriodInDays is 89.*from 90 to 2560/],
    ['a rotation period above 2560 days', { rotationPeriodInDays: 2561 }, /from 90 to 2560/],
    ['half a day', { rotationPeriodInDays: 90.5 }, /whole number of days/],
    [
      'a rotation period while rotation is off',
      { enableKeyRotation: false, rotationPeriodInDays: 100 },
      /enableKeyRotation is false/,
    ],
    ['rotation of an HMAC key', { keySpec: 'HMAC_256', enableKeyRotation: true }, /does not rotate HMAC_256/],
    ['rotation of an RSA key', { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY', enableKeyRotation: true }, /RSA_2048/],
    ['rotation of an HMAC key on demand', { keySpec: 'HMAC_256', rotationTriggers: {} }, /HMAC_256 keys on demand/],
    ['a pending window of 6 days', { pendingWindowInDays: 6 }, /pendingWindowInDays is 6.*from 7 to 30/],
    ['a pending window of 31 days', { pendingWindowInDays: 31 }, /from 7 to 30/],
    ['a key spec with several usages and none named', { keySpec: 'RSA_2048' }, /ENCRYPT_DECRYPT or SIGN_VERIFY/],
    [
      'a usage the key spec cannot have',
      { keySpec: 'ECC_NIST_EDWARDS25519', keyUsage: 'ENCRYPT_DECRYPT' },
      /ECC_NIST_EDWARDS25519 key cannot have the usage ENCRYPT_DECRYPT/,
    ],
  ])('refuses %s, naming the construct and the remedy', (_what, props, message) => {
    const stack = aStack();
    expect(() => new Key(stack, 'key', props)).toThrow(message);
    expect(() => new Key(stack, 'other', props)).toThrow(/^\[stack\/other\] /);
  });

  test('refuses a key spec that does not exist, for programs that no compiler checks', () => {
    const props: KeyProps = JSON.parse('{"keySpec":"AES_256"}');
    expect(() => new Key(aStack(), 'key', props)).toThrow(/"AES_256" is not a key spec.*SYMMETRIC_DEFAULT/);
  });

  test('gives its resource as its default child, for overrides of the CDK', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    const resource = key.node.defaultChild as bindings.kmsKey.KmsKey;
    resource.addOverride('timeouts.create', '5m');
    expect(theResource(synthesize(stack), 'aws_kms_key').timeouts).toEqual({ create: '5m' });
    expect(`${key}`).toBe('stack/key');
  });

  test('gives references to its ARN and id', () => {
    const stack = aStack();
    const key = new Key(stack, 'key');
    new TerraformOutput(stack, 'arn', { value: key.keyArn, staticId: true });
    new TerraformOutput(stack, 'id', { value: key.keyId, staticId: true });
    expect(synthesize(stack).output).toEqual({
      arn: { value: expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.arn\}$/) },
      id: { value: expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.key_id\}$/) },
    });
  });

  test('has aliases whose addresses depend on their names alone', () => {
    const addresses = (...aliases: string[]) => {
      const stack = aStack();
      const key = new Key(stack, 'key');
      for (const alias of aliases) key.addAlias(alias);
      return Object.keys(synthesize(stack).resource.aws_kms_alias ?? {});
    };
    const [orders] = addresses('orders');
    expect(addresses('invoices', 'alias/orders')).toContain(orders);
  });

  test('makes the same alias from its alias prop as from addAlias', () => {
    const aliases = (declare: (key: Key) => void, props: KeyProps) => {
      const stack = aStack();
      declare(new Key(stack, 'key', props));
      return synthesize(stack).resource.aws_kms_alias;
    };
    expect(aliases(() => undefined, { alias: 'orders' })).toEqual(aliases((key) => key.addAlias('orders'), {}));
  });

  test('keeps its address whatever is added to it', () => {
    const address = (declare: (key: Key) => void) => {
      const stack = aStack();
      declare(new Key(stack, 'key'));
      return Object.keys(synthesize(stack).resource.aws_kms_key ?? {});
    };
    const whole = address((key) => {
      key.addAlias('orders');
      key.grantDecrypt(alice);
    });
    expect(whole).toEqual(address(() => undefined));
    expect(whole).toEqual([expect.stringMatching(/^key_[0-9A-F]{8}$/)]);
  });

  test('synthesizes the same text twice', () => {
    const text = () => {
      const stack = aStack();
      for (const id of ['b', 'a', 'c']) new Key(stack, id, { alias: id, users: [alice] });
      return Testing.synth(stack, true);
    };
    expect(text()).toBe(text());
  });

  test('declares hundreds of keys in one stack', () => {
    const stack = aStack();
    for (let number = 0; number < 300; number++) new Key(stack, `key-${number}`, { alias: `many/${number}` });
    expect(resources(synthesize(stack), 'aws_kms_key')).toHaveLength(300);
  });
});
