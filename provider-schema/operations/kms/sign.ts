/** Digital signatures. */
import { kms } from '../apis.ts';
import { keyUseErrors } from '../error-groups.ts';
import { usedKey } from '../targets.ts';

export const signOperations = kms({
  Sign: {
    summary: 'Signs a message or its digest.',
    targets: [usedKey({ usages: ['SIGN_VERIFY'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/keys/{KeyId}/sign',
  },
  Verify: {
    summary: 'Verifies a signature that Sign made.',
    targets: [usedKey({ usages: ['SIGN_VERIFY'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException', 'KMSInvalidSignatureException'],
    rest: 'POST /v1/keys/{KeyId}/verify',
  },
});
