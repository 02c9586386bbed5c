/** Key agreement. */
import { kms } from '../apis.ts';
import { keyUseErrors } from '../error-groups.ts';
import { usedKey } from '../targets.ts';

export const agreementOperations = kms({
  DeriveSharedSecret: {
    summary: "Derives a shared secret from a key agreement key and a peer's public key.",
    targets: [usedKey({ usages: ['KEY_AGREEMENT'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/keys/{KeyId}/derive-shared-secret',
  },
});
