import { Key, type KeyProps, KeysteadProvider, type ReplicaKeyOptions } from '@keystead/constructs/cdktf';
import { alice, aStack, bob, synthesize, thePolicy, theResource } from '../stack.ts';

function declare(options: ReplicaKeyOptions = {}, keyProps: KeyProps = {}, more: (key: Key) => void = () => undefined) {
  const stack = aStack();
  const key = new Key(stack, 'key', { multiRegion: true, ...keyProps });
  key.replicateTo('us-east-1', options);
  more(key);
  return synthesize(stack);
}

describe('ReplicaKey', () => {
  test('refers to its primary and asks for its own Region', () => {
    const configuration = declare({ alias: 'archive', enabled: false, pendingWindowInDays: 9, tags: { a: 'b' } });
    expect(theResource(configuration, 'aws_kms_replica_key')).toEqual(
      expect.objectContaining({
        primary_key_arn: expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.arn\}$/),
        region: 'us-east-1',
        enabled: false,
        deletion_window_in_days: 9,
        tags: { a: 'b' },
        deletion_protection: true,
        construct_path: 'stack/key/Replica-us-east-1',
        provider: 'aws',
      }),
    );
    expect(theResource(configuration, 'aws_kms_alias')).toEqual(
      expect.objectContaining({
        region: 'us-east-1',
        target_key_id: expect.stringMatching(/^\$\{aws_kms_replica_key\./),
      }),
    );
  });

  test('takes its primary’s policy, later grants included, when it declares none', () => {
    const configuration = declare({}, { administrators: [alice] }, (key) => key.grantDecrypt(bob));
    const policy = thePolicy(configuration, 'aws_kms_replica_key');
    expect(policy).toEqual(thePolicy(configuration));
    expect(policy.Statement).toHaveLength(3);
  });

  test('has a policy of its own when it declares one', () => {
    const { Statement } = thePolicy(declare({ users: [bob] }, { administrators: [alice] }), 'aws_kms_replica_key');
    expect(Statement.map(({ Sid }) => Sid)).toEqual(['Enable IAM User Permissions', 'Users']);
  });

  test('adds grants to its own policy only', () => {
    const stack = aStack();
    const key = new Key(stack, 'key', { multiRegion: true });
    key.replicateTo('us-east-1').grantDecrypt(bob);
    const configuration = synthesize(stack);
    expect(thePolicy(configuration).Statement).toHaveLength(1);
    expect(thePolicy(configuration, 'aws_kms_replica_key').Statement).toHaveLength(2);
  });

  test('can have a provider of its own', () => {
    const stack = aStack();
    const overseas = new KeysteadProvider(stack, 'overseas', { alias: 'overseas', region: 'us-east-1' });
    new Key(stack, 'key', { multiRegion: true }).replicateTo('us-east-1', { provider: overseas, alias: 'archive' });
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_kms_replica_key').provider).toBe('aws.overseas');
    expect(theResource(configuration, 'aws_kms_alias').provider).toBe('aws.overseas');
    expect(theResource(configuration, 'aws_kms_key').provider).toBe('aws');
  });

  test('refuses a single-Region primary', () => {
    const key = new Key(aStack(), 'key');
    expect(() => key.replicateTo('us-east-1')).toThrow(/stack\/key is a single-Region key. Set multiRegion: true/);
  });

  test('refuses the primary’s own Region', () => {
    const key = new Key(aStack(), 'key', { multiRegion: true, region: 'us-east-1' });
    expect(() => key.replicateTo('us-east-1')).toThrow(/in us-east-1 already/);
  });

  test('refuses at synth the Region of the provider it shares with its primary', () => {
    const stack = aStack({ region: 'us-east-1' });
    new Key(stack, 'key', { multiRegion: true }).replicateTo('us-east-1');
    expect(() => synthesize(stack)).toThrow(/Replica-us-east-1\] The primary key is in us-east-1 already/);
  });

  test('refuses one Region twice', () => {
    const key = new Key(aStack(), 'key', { multiRegion: true });
    key.replicateTo('us-east-1');
    expect(() => key.replicateTo('us-east-1')).toThrow(/Replica-us-east-1/);
  });

  test('refuses a pending window out of range', () => {
    expect(() => declare({ pendingWindowInDays: 31 })).toThrow(/from 7 to 30/);
  });
});
