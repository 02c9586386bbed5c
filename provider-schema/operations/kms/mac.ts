/** Message authentication codes. */
import { kms } from '../apis.ts';
import { keyUseErrors } from '../error-groups.ts';
import { usedKey } from '../targets.ts';

export const macOperations = kms({
  GenerateMac: {
    summary: 'Generates an HMAC of a message.',
    targets: [usedKey({ usages: ['GENERATE_VERIFY_MAC'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: keyUseErrors,
    rest: 'POST /v1/keys/{KeyId}/generate-mac',
  },
  VerifyMac: {
    summary: 'Verifies an HMAC that GenerateMac made.',
    targets: [usedKey({ usages: ['GENERATE_VERIFY_MAC'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'KMSInvalidMacException'],
    rest: 'POST /v1/keys/{KeyId}/verify-mac',
  },
});
