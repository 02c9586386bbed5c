/** Digital signatures. */
import type { OperationRecord } from '../../records.ts';
import { usableKey } from '../states.ts';
import { key } from '../targets.ts';

export const signOperations = {
  Sign: {
    name: 'Sign',
    summary: 'Signs a message or its digest.',
    status: 'implemented',
    service: 'kms',
    input: 'SignRequest',
    output: 'SignResponse',
    targets: [key('kms:Sign', usableKey, { accepts: 'key-or-alias', crossAccount: true, usages: ['SIGN_VERIFY'] })],
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
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/sign', successStatus: 200 },
  },
  Verify: {
    name: 'Verify',
    summary: 'Verifies a signature that Sign made.',
    status: 'implemented',
    service: 'kms',
    input: 'VerifyRequest',
    output: 'VerifyResponse',
    targets: [key('kms:Verify', usableKey, { accepts: 'key-or-alias', crossAccount: true, usages: ['SIGN_VERIFY'] })],
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
      'KMSInvalidSignatureException',
      'KMSInvalidStateException',
      'KeyUnavailableException',
      'NotFoundException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/verify', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
