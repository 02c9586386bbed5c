/** Key agreement. */
import type { OperationRecord } from '../../records.ts';
import { usableKey } from '../states.ts';
import { key } from '../targets.ts';

export const agreementOperations = {
  DeriveSharedSecret: {
    name: 'DeriveSharedSecret',
    summary: "Derives a shared secret from a key agreement key and a peer's public key.",
    status: 'implemented',
    service: 'kms',
    input: 'DeriveSharedSecretRequest',
    output: 'DeriveSharedSecretResponse',
    targets: [
      key('kms:DeriveSharedSecret', usableKey, {
        accepts: 'key-or-alias',
        crossAccount: true,
        usages: ['KEY_AGREEMENT'],
      }),
    ],
    grantable: true,
    effect: 'read',
    accessLevel: 'Write',
    errors: [
      'DependencyTimeoutException',
      'DisabledException',
      'DryRunOperationException',
      'InvalidGrantTokenException',
      'InvalidKeyUsageException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'KeyUnavailableException',
      'NotFoundException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/derive-shared-secret', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
