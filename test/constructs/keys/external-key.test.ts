import { ExternalKey, type ExternalKeyProps, Key, ReplicaExternalKey, SecretInput } from '@keystead/constructs/cdktf';
import { TerraformVariable } from 'cdktf';
import { aStack, bob, synthesize, thePolicy, theResource } from '../stack.ts';

function material(stack = aStack()) {
  const variable = new TerraformVariable(stack, 'material', { type: 'string', sensitive: true });
  return { stack, variable, keyMaterial: SecretInput.fromVariable(variable) };
}

describe('ExternalKey', () => {
  test('hands key material over in the write-only argument and is enabled with it', () => {
    const { stack, keyMaterial } = material();
    new ExternalKey(stack, 'key', {
      keyMaterial,
      keyMaterialVersion: '2026',
      validTo: '2027-01-01T00:00:00Z',
      description: 'From our vault',
      pendingWindowInDays: 9,
      multiRegion: true,
      region: 'eu-north-1',
      tags: { a: 'b' },
      alias: 'vault',
    });
    const configuration = synthesize(stack);
    const key = theResource(configuration, 'aws_kms_external_key');
    expect(key).toEqual(
      expect.objectContaining({
        key_material_base64_wo: expect.stringMatching(/^\$\{var\.material\}$/),
        key_material_base64_wo_version: '2026',
        enabled: true,
        valid_to: '2027-01-01T00:00:00Z',
        description: 'From our vault',
        deletion_window_in_days: 9,
        multi_region: true,
        region: 'eu-north-1',
        tags: { a: 'b' },
        provider: 'aws',
      }),
    );
    expect(key.key_material_base64).toBeUndefined();
    expect(theResource(configuration, 'aws_kms_alias').target_key_id).toMatch(/^\$\{aws_kms_external_key\.\w+\.id\}$/);
  });

  test('waits for an import by hand when it is given no material', () => {
    const stack = aStack();
    const key = new ExternalKey(stack, 'key', { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY' });
    const declared = theResource(synthesize(stack), 'aws_kms_external_key');
    expect([declared.key_spec, declared.key_usage]).toEqual(['RSA_2048', 'SIGN_VERIFY']);
    expect(declared.enabled).toBeUndefined();
    expect(declared.key_material_base64_wo_version).toBeUndefined();
    expect([key.origin, key.keySpec, key.keyUsage, key.multiRegion]).toEqual([
      'EXTERNAL',
      'RSA_2048',
      'SIGN_VERIFY',
      false,
    ]);
  });

  test('takes statements of its policy until the stack is written', () => {
    const stack = aStack();
    new ExternalKey(stack, 'key').grantDecrypt(bob);
    expect(thePolicy(synthesize(stack), 'aws_kms_external_key').Statement).toHaveLength(2);
  });

  test.each<[string, ExternalKeyProps, RegExp]>([
    [
      'a key spec that cannot be imported',
      { keySpec: 'ML_DSA_44' },
      /ML_DSA_44 keys cannot be imported. Declare a Key/,
    ],
    ['a usage that the spec cannot have', { keySpec: 'HMAC_256', keyUsage: 'SIGN_VERIFY' }, /HMAC_256 key cannot have/],
    ['a version without material', { keyMaterialVersion: '1' }, /keyMaterialVersion is given without keyMaterial/],
    ['a day as the end of the material', { validTo: '2027-01-01' }, /validTo is "2027-01-01".*2027-01-01T00:00:00Z/],
    ['a month that does not exist', { validTo: '2027-13-01T00:00:00Z' }, /validTo/],
    ['a pending window of 31 days', { pendingWindowInDays: 31 }, /from 7 to 30/],
  ])('refuses %s', (_what, props, message) => {
    expect(() => new ExternalKey(aStack(), 'key', props)).toThrow(message);
    expect(() => new ExternalKey(aStack(), 'key', props)).toThrow(/^\[stack\/key\] /);
  });
});

describe('ReplicaExternalKey', () => {
  test('is given its primary’s material again, and starts with its primary’s policy', () => {
    const { stack, keyMaterial } = material();
    const primary = new ExternalKey(stack, 'key', { multiRegion: true, keyMaterial, users: [bob] });
    const replica = primary.replicateTo('us-east-1', { keyMaterial });
    const configuration = synthesize(stack);
    expect(theResource(configuration, 'aws_kms_replica_external_key')).toEqual(
      expect.objectContaining({
        primary_key_arn: expect.stringMatching(/^\$\{aws_kms_external_key\.\w+\.arn\}$/),
        key_material_base64_wo: expect.stringMatching(/^\$\{var\.material\}$/),
        enabled: true,
        region: 'us-east-1',
      }),
    );
    expect(thePolicy(configuration, 'aws_kms_replica_external_key')).toEqual(
      thePolicy(configuration, 'aws_kms_external_key'),
    );
    expect([replica.origin, replica.multiRegion, replica.region]).toEqual(['EXTERNAL', true, 'us-east-1']);
  });

  test('is refused for a key whose material is not imported, and the other replica for one whose is', () => {
    const stack = aStack();
    const primaryKey = new Key(stack, 'key', { multiRegion: true });
    expect(() => new ReplicaExternalKey(stack, 'replica', { primaryKey, region: 'us-east-1' })).toThrow(
      /material of stack\/key is not imported. Declare a ReplicaKey/,
    );
  });

  test('is refused for a single-Region primary', () => {
    const key = new ExternalKey(aStack(), 'key');
    expect(() => key.replicateTo('us-east-1')).toThrow(/stack\/key is a single-Region key/);
  });
});
