/** Encryption and decryption. */
import { kms } from '../apis.ts';
import { ciphertextErrors, keyUseErrors } from '../error-groups.ts';
import { usedKey } from '../targets.ts';

export const encryptOperations = kms({
  Encrypt: {
    summary: 'Encrypts up to 4096 bytes under a KMS key.',
    targets: [usedKey({ usages: ['ENCRYPT_DECRYPT'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/keys/{KeyId}/encrypt',
  },
  Decrypt: {
    summary: 'Decrypts a ciphertext that a KMS key made.',
    targets: [usedKey({ ciphertextMember: 'CiphertextBlob', usages: ['ENCRYPT_DECRYPT'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, ...ciphertextErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/decrypt',
  },
  ReEncrypt: {
    summary: 'Decrypts a ciphertext and encrypts it again under another KMS key, without showing the plaintext.',
    targets: [
      usedKey({
        action: 'kms:ReEncryptFrom',
        member: 'SourceKeyId',
        ciphertextMember: 'CiphertextBlob',
        usages: ['ENCRYPT_DECRYPT'],
      }),
      usedKey({ action: 'kms:ReEncryptTo', member: 'DestinationKeyId', usages: ['ENCRYPT_DECRYPT'] }),
    ],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, ...ciphertextErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/re-encrypt',
  },
});
