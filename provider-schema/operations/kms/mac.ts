/** Message authentication codes. */
import type { OperationRecord } from '../../records.ts';
import { usableKey } from '../states.ts';
import { key } from '../targets.ts';

export const macOperations = {
  GenerateMac: {
    name: 'GenerateMac',
    summary: 'Generates an HMAC of a message.',
    status: 'implemented',
    service: 'kms',
    input: 'GenerateMacRequest',
    output: 'GenerateMacResponse',
    targets: [
      key('kms:GenerateMac', usableKey, {
        accepts: 'key-or-alias',
        crossAccount: true,
        usages: ['GENERATE_VERIFY_MAC'],
      }),
    ],
    grantable: true,
    effect: 'read',
    accessLevel: 'Write',
    errors: [
      'DisabledException',
      'DryRunOperationException',
      'InvalidGrantTokenException',
      'InvalidKeyUsageException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'KeyUnavailableException',
      'NotFoundException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/generate-mac', successStatus: 200 },
  },
  VerifyMac: {
    name: 'VerifyMac',
    summary: 'Verifies an HMAC that GenerateMac made.',
    status: 'implemented',
    service: 'kms',
    input: 'VerifyMacRequest',
    output: 'VerifyMacResponse',
    targets: [
      key('kms:VerifyMac', usableKey, { accepts: 'key-or-alias', crossAccount: true, usages: ['GENERATE_VERIFY_MAC'] }),
    ],
    grantable: true,
    effect: 'read',
    accessLevel: 'Write',
    errors: [
      'DisabledException',
      'DryRunOperationException',
      'InvalidGrantTokenException',
      'InvalidKeyUsageException',
      'KMSInternalException',
      'KMSInvalidMacException',
      'KMSInvalidStateException',
      'KeyUnavailableException',
      'NotFoundException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/verify-mac', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
