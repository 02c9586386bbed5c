/** The public half of asymmetric keys. Source: AWS KMS API reference, GetPublicKey. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { CustomerMasterKeySpec } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { algorithmList } from '../../domain/keys/key-metadata.ts';
import { type Implementation, resolvedKey } from '../shared/implementation.ts';
import { currentMaterial } from './key-material.ts';

export const getPublicKey: Implementation<'GetPublicKey'> = {
  check(_ctx, _input, keys) {
    requirePublicHalf(resolvedKey(keys));
  },
  async run(ctx, _input, keys) {
    const key = resolvedKey(keys);
    const { key_spec: KeySpec, key_usage: KeyUsage } = key.shared;
    const PublicKey = await ctx.keyMaterial.publicKey(await currentMaterial(ctx, key));
    // The deprecated member repeats the spec, even one that is newer than the member's enumeration.
    const CustomerMasterKeySpec = KeySpec as CustomerMasterKeySpec;
    return {
      output: { KeyId: key.arn, PublicKey, CustomerMasterKeySpec, KeySpec, KeyUsage, ...algorithmList(key.shared) },
    };
  },
};

/** @throws KmsError UnsupportedOperationException for symmetric and HMAC keys, which are secret as a whole. */
function requirePublicHalf({ arn, shared: { key_spec: spec } }: ResolvedKey): void {
  if (keySpecRow(spec).type === 'asymmetric') return;
  throw new KmsError('UnsupportedOperationException', messages.keySpecNotValid(arn, spec));
}
