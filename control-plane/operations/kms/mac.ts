/** Message authentication codes. Source: AWS KMS API reference, GenerateMac, VerifyMac. */

import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { macOperations } from '@keystead/provider-schema/operations/kms/mac.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { requireAlgorithm } from '../../domain/keys/algorithms.ts';
import { type Implementation, type Implementations, type Input, resolvedKey } from '../shared/implementation.ts';
import { currentMaterial } from './key-material.ts';

type MacInput = Pick<Input<'GenerateMac'>, 'MacAlgorithm' | 'Message'>;

const generateMac: Implementation<'GenerateMac'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const Mac = await ctx.keyMaterial.mac(await macRequest(ctx, input, key));
    return { output: { Mac, MacAlgorithm: input.MacAlgorithm, KeyId: key.arn } };
  },
};

/** A MAC that does not match is an error, never an answer. */
const verifyMac: Implementation<'VerifyMac'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const MacValid = await ctx.keyMaterial.verifyMac({ ...(await macRequest(ctx, input, key)), mac: input.Mac });
    if (!MacValid) throw new KmsError('KMSInvalidMacException');
    return { output: { KeyId: key.arn, MacValid, MacAlgorithm: input.MacAlgorithm } };
  },
};

async function macRequest(ctx: Context, input: MacInput, key: ResolvedKey) {
  const algorithm = requireAlgorithm(key, input.MacAlgorithm);
  return { material: await currentMaterial(ctx, key), algorithm, message: input.Message };
}

export const macFunctions: Implementations<typeof macOperations> = {
  GenerateMac: generateMac,
  VerifyMac: verifyMac,
};
