// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform and IAM write references and variables this way.
import { bindings, Key, KeyPolicy, KeyPolicyDocument } from '@keystead/constructs/cdktf';
import { Lazy, type TerraformProvider } from 'cdktf';
import { alice, aStack, bob, synthesize, thePolicy, theResource } from '../stack.ts';

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: alice },
    Action: 'kms:*',
    Resource: '*',
    Condition: { StringEquals: { 'kms:EncryptionContext:user': '$${aws:username}' } },
  },
});

function aBinding(config: object) {
  const stack = aStack();
  const provider = stack.node.findChild('keystead') as TerraformProvider;
  return { stack, resource: new bindings.kmsKey.KmsKey(stack, 'plain', { provider, ...config }) };
}

describe('Key.fromResource', () => {
  test('gives a binding aliases and adds statements to its policy, whose text stays as it is', () => {
    const { stack, resource } = aBinding({ policy, region: 'eu-north-1' });
    const key = Key.fromResource(resource);
    key.addAlias('orders');
    key.grantDecrypt(bob);
    key.addToKeyPolicy({
      principals: [bob],
      actions: ['kms:Encrypt'],
      conditions: { StringEquals: { 'kms:EncryptionContext:user': '${aws:userid}' } },
    });
    const configuration = synthesize(stack);
    const { Statement } = thePolicy(configuration);
    expect(Statement.map(({ Action }) => Action)).toEqual(['kms:*', 'kms:Decrypt', 'kms:Encrypt']);
    expect(Statement[0]?.Condition).toEqual({ StringEquals: { 'kms:EncryptionContext:user': '$${aws:username}' } });
    expect(Statement[2]?.Condition).toEqual({ StringEquals: { 'kms:EncryptionContext:user': '$${aws:userid}' } });
    expect(theResource(configuration, 'aws_kms_alias')).toEqual(
      expect.objectContaining({ region: 'eu-north-1', provider: 'aws' }),
    );
    expect(Object.keys(configuration.resource.aws_kms_key ?? {})).toEqual(['plain']);
  });

  test('is the same construct every time, and knows what the arguments say', () => {
    const { resource } = aBinding({ customerMasterKeySpec: 'HMAC_256', multiRegion: true });
    const key = Key.fromResource(resource);
    expect(Key.fromResource(resource)).toBe(key);
    expect([key.keySpec, key.keyUsage, key.multiRegion, key.origin]).toEqual([
      'HMAC_256',
      'GENERATE_VERIFY_MAC',
      true,
      'AWS_KMS',
    ]);
    expect(() => key.grantSign(bob)).toThrow(/usage is GENERATE_VERIFY_MAC/);
  });

  test('takes every kind of key', () => {
    const stack = aStack();
    const primaryKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab';
    const keys = [
      new bindings.kmsExternalKey.KmsExternalKey(stack, 'external', { keySpec: 'RSA_2048' }),
      new bindings.kmsReplicaKey.KmsReplicaKey(stack, 'replica', { primaryKeyArn }),
      new bindings.kmsReplicaExternalKey.KmsReplicaExternalKey(stack, 'both', { primaryKeyArn }),
    ].map((resource) => Key.fromResource(resource));
    expect(keys.map((key) => key.origin)).toEqual(['EXTERNAL', 'AWS_KMS', 'EXTERNAL']);
    expect(keys.map((key) => key.multiRegion)).toEqual([false, true, true]);
  });

  test.each([
    ['no policy', {}],
    ['a policy that only Terraform knows', { policy: Lazy.stringValue({ produce: () => policy }) }],
    ['a policy that is not JSON', { policy: 'file' }],
  ])('refuses statements where the binding has %s', (_what, config) => {
    const { resource } = aBinding(config);
    expect(() => Key.fromResource(resource).grantDecrypt(bob)).toThrow(
      /^\[stack\/plain\/KeyOfResource\] .*no statement can be added.*KeyPolicy/,
    );
  });

  test('leaves such a policy to a KeyPolicy', () => {
    const { stack, resource } = aBinding({});
    const document = new KeyPolicyDocument({ statements: [{ principals: [alice], actions: ['kms:*'] }] });
    new KeyPolicy(stack, 'policy', { key: Key.fromResource(resource), policy: document });
    expect(theResource(synthesize(stack), 'aws_kms_key_policy').key_id).toBe('${aws_kms_key.plain.key_id}');
  });

  test('refuses what is not a key', () => {
    const stack = aStack();
    const alias = new bindings.kmsAlias.KmsAlias(stack, 'alias', { name: 'alias/a', targetKeyId: 'b' });
    expect(() => Key.fromResource(alias)).toThrow(/\[stack\/alias\] aws_kms_alias is not a key. Give a KmsKey/);
  });
});
