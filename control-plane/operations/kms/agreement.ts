/** Key agreement. Source: AWS KMS API reference, DeriveSharedSecret. */

import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { agreementOperations } from '@keystead/provider-schema/operations/kms/agreement.ts';
import { requireAlgorithm } from '../../domain/keys/algorithms.ts';
import { HsmError } from '../../hsm/port/hsm-error.ts';
import { type Implementation, type Implementations, refuseRecipient, resolvedKey } from '../shared/implementation.ts';
import { currentMaterial } from './key-material.ts';

const deriveSharedSecret: Implementation<'DeriveSharedSecret'> = {
  check(_ctx, input) {
    refuseRecipient(input);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const KeyAgreementAlgorithm = requireAlgorithm(key, input.KeyAgreementAlgorithm);
    const material = await currentMaterial(ctx, key);
    try {
      const SharedSecret = await ctx.keyMaterial.deriveSharedSecret({ material, publicKey: input.PublicKey });
      return { output: { KeyId: key.arn, SharedSecret, KeyAgreementAlgorithm, KeyOrigin: key.shared.origin } };
    } catch (error) {
      if (!(error instanceof HsmError) || error.kind !== 'invalid-public-key') throw error;
      // AWS does not say what is wrong with the public key.
      throw new KmsError('ValidationException', '');
    }
  },
};

export const agreementFunctions: Implementations<typeof agreementOperations> = {
  DeriveSharedSecret: deriveSharedSecret,
};
