/** Data keys and random bytes. */
import { kms } from '../apis.ts';
import { keyStoreErrors, keyUseErrors } from '../error-groups.ts';
import { account, usedKey } from '../targets.ts';

export const dataKeysOperations = kms({
  GenerateDataKey: {
    summary: 'Generates a data key and returns it in plaintext and encrypted.',
    targets: [usedKey({ usages: ['ENCRYPT_DECRYPT'], keySpecs: ['SYMMETRIC_DEFAULT'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/keys/{KeyId}/generate-data-key',
  },
  GenerateDataKeyWithoutPlaintext: {
    summary: 'Generates a data key and returns it encrypted only.',
    targets: [usedKey({ usages: ['ENCRYPT_DECRYPT'], keySpecs: ['SYMMETRIC_DEFAULT'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/keys/{KeyId}/generate-data-key-without-plaintext',
  },
  GenerateDataKeyPair: {
    summary: 'Generates a data key pair and returns its private key in plaintext and encrypted.',
    targets: [usedKey({ usages: ['ENCRYPT_DECRYPT'], keySpecs: ['SYMMETRIC_DEFAULT'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException', 'UnsupportedOperationException'],
    rest: 'POST /v1/keys/{KeyId}/generate-data-key-pair',
  },
  GenerateDataKeyPairWithoutPlaintext: {
    summary: 'Generates a data key pair and returns its private key encrypted only.',
    targets: [usedKey({ usages: ['ENCRYPT_DECRYPT'], keySpecs: ['SYMMETRIC_DEFAULT'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException', 'UnsupportedOperationException'],
    rest: 'POST /v1/keys/{KeyId}/generate-data-key-pair-without-plaintext',
  },
  GenerateRandom: {
    summary: 'Returns random bytes.',
    targets: [account()],
    accessLevel: 'Write',
    effect: 'read',
    errors: [...keyStoreErrors, 'DependencyTimeoutException', 'UnsupportedOperationException'],
    rest: 'POST /v1/random',
  },
});
