/** Key encapsulation. Source: AWS KMS API reference, Encapsulate, Decapsulate. */

import type { encapsulationOperations } from '@keystead/provider-schema/operations/kms/encapsulation.ts';
import { requireAlgorithm } from '../../domain/keys/algorithms.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';
import { currentMaterial } from './key-material.ts';

const encapsulate: Implementation<'Encapsulate'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const EncapsulationAlgorithm = requireAlgorithm(key, input.EncapsulationAlgorithm);
    const material = await currentMaterial(ctx, key);
    const { sharedSecret, ciphertext } = await ctx.keyMaterial.encapsulate({ material });
    return {
      output: {
        KeyId: key.arn,
        SharedSecret: sharedSecret,
        SharedSecretCiphertextBlob: ciphertext,
        EncapsulationAlgorithm,
      },
    };
  },
};

const decapsulate: Implementation<'Decapsulate'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const EncapsulationAlgorithm = requireAlgorithm(key, input.EncapsulationAlgorithm);
    const { SharedSecretCiphertextBlob: ciphertext } = input;
    const material = await currentMaterial(ctx, key);
    const SharedSecret = await ctx.keyMaterial.decapsulate({ material, ciphertext });
    return { output: { KeyId: key.arn, SharedSecret, EncapsulationAlgorithm } };
  },
};

export const encapsulationFunctions: Implementations<typeof encapsulationOperations> = {
  Encapsulate: encapsulate,
  Decapsulate: decapsulate,
};
