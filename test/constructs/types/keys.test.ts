/** Mistakes that do not compile; the type checker reads this file, and the tests run what it accepts. */
import {
  Alias,
  CustomKeyStore,
  ExternalKey,
  type IAlias,
  type IKey,
  Key,
  ReplicaKey,
  RequireKeyRotation,
  RequireNamedPrincipals,
  SecretInput,
} from '@keystead/constructs/cdktf';
import { KeysteadTemplate } from '@keystead/constructs/cdktf/testing';
import { aStack } from '../stack.ts';

test('An alias is a key, a key is not an alias, and key material is not text', () => {
  const stack = aStack();
  const key = new Key(stack, 'key', { multiRegion: true });
  const alias: IAlias = key.addAlias('orders');
  const same: IKey = alias;
  expect(same.keyArn).toBe(key.keyArn);
  new ReplicaKey(stack, 'replica', { primaryKey: alias, region: 'us-east-1' });
  // @ts-expect-error: a key does not have an alias's name
  expect(key.aliasName).toBeUndefined();
  // @ts-expect-error: key material comes from where Terraform finds it
  expect(() => new ExternalKey(stack, 'text', { keyMaterial: 'c2VjcmV0' })).toThrow(/A secret is written/);
  // @ts-expect-error: a key without imported material has none to give
  new Key(stack, 'material', { keyMaterial: SecretInput.fromFile('/run/secrets/key') });
  // @ts-expect-error: imported material does not rotate
  new ExternalKey(stack, 'rotates', { enableKeyRotation: true });
});

test('Props that belong together are one struct, and words are those that exist', () => {
  const stack = aStack();
  // @ts-expect-error: an alias without its key
  expect(() => new Alias(stack, 'alias', { aliasName: 'orders' })).toThrow();
  const password = SecretInput.fromFile('/run/secrets/password');
  expect(
    () =>
      new CustomKeyStore(stack, 'store', {
        customKeyStoreName: 'hsm',
        // @ts-expect-error: a cluster without its certificate
        cloudHsmCluster: { clusterId: 'cluster-2a23b4cdefg', password },
      }),
  ).not.toThrow();
  // @ts-expect-error: not a mode
  new RequireKeyRotation({ mode: 'IGNORE' });
  // @ts-expect-error: principals cannot be made up, so this rule does not fix
  new RequireNamedPrincipals({ mode: 'FIX' });
  // @ts-expect-error: an instance comes from fromStack
  expect(() => new KeysteadTemplate(stack)).not.toThrow();
});
