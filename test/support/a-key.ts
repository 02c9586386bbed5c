/** Makes a key as a test needs it. */
import type { CreateKeyRequest, KeyMetadata } from '@keystead/provider-schema/generated/types.ts';
import type { House, RequestOptions } from './house.ts';

export async function aKey(
  house: House,
  input: CreateKeyRequest = {},
  options: RequestOptions = {},
): Promise<KeyMetadata & { readonly Arn: string }> {
  const { KeyMetadata } = await house.perform('CreateKey', input, options);
  if (KeyMetadata?.Arn === undefined) throw new Error('CreateKey answered without metadata');
  return { ...KeyMetadata, Arn: KeyMetadata.Arn };
}
