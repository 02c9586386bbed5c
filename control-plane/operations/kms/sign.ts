/** Digital signatures. Source: AWS KMS API reference, Sign, Verify. */

import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { signOperations } from '@keystead/provider-schema/operations/kms/sign.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { requireAlgorithm, requireSignable } from '../../domain/keys/algorithms.ts';
import { type Implementation, type Implementations, type Input, resolvedKey } from '../shared/implementation.ts';
import { currentMaterial } from './key-material.ts';

type SigningInput = Pick<Input<'Sign'>, 'SigningAlgorithm' | 'MessageType' | 'Message'>;

const sign: Implementation<'Sign'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const Signature = await ctx.keyMaterial.sign(await signingRequest(ctx, input, key));
    return { output: { KeyId: key.arn, Signature, SigningAlgorithm: input.SigningAlgorithm } };
  },
};

/** A signature that does not verify is an error, never an answer. */
const verify: Implementation<'Verify'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const request = await signingRequest(ctx, input, key);
    const SignatureValid = await ctx.keyMaterial.verify({ ...request, signature: input.Signature });
    if (!SignatureValid) throw new KmsError('KMSInvalidSignatureException');
    return { output: { KeyId: key.arn, SignatureValid, SigningAlgorithm: input.SigningAlgorithm } };
  },
};

async function signingRequest(ctx: Context, input: SigningInput, key: ResolvedKey) {
  const { MessageType: messageType = 'RAW', Message: message } = input;
  const algorithm = requireAlgorithm(key, input.SigningAlgorithm);
  requireSignable(algorithm, messageType, message);
  return { material: await currentMaterial(ctx, key), algorithm, messageType, message };
}

export const signFunctions: Implementations<typeof signOperations> = {
  Sign: sign,
  Verify: verify,
};
