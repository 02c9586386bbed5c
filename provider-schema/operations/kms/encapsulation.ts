/** Key encapsulation. */
import { kms } from '../apis.ts';
import { keyUseErrors } from '../error-groups.ts';
import { usedKey } from '../targets.ts';

export const encapsulationOperations = kms({
  Encapsulate: {
    summary: 'Makes a shared secret, and the ciphertext from which only this ML-KEM key derives it.',
    targets: [usedKey({ usages: ['ENCAPSULATE_DECAPSULATE'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException'],
    rest: 'POST /v1/keys/{KeyId}/encapsulate',
  },
  Decapsulate: {
    summary: 'Derives the shared secret from a ciphertext that was made with the public key of this ML-KEM key.',
    targets: [usedKey({ usages: ['ENCAPSULATE_DECAPSULATE'] })],
    accessLevel: 'Write',
    effect: 'read',
    grantable: true,
    errors: [...keyUseErrors, 'DependencyTimeoutException', 'InvalidCiphertextException'],
    rest: 'POST /v1/keys/{KeyId}/decapsulate',
  },
});
