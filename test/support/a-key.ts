/** Creates a key with the properties that a test needs. */
import type { CreateKeyRequest, KeyMetadata } from '@keystead/provider-schema/generated/types.ts';
import type { RequestOptions, TestControlPlane } from './test-control-plane.ts';

export async function aKey(
  controlPlane: TestControlPlane,
  input: CreateKeyRequest = {},
  options: RequestOptions = {},
): Promise<KeyMetadata & { readonly Arn: string }> {
  const { KeyMetadata } = await controlPlane.perform('CreateKey', input, options);
  if (KeyMetadata?.Arn === undefined) throw new Error('CreateKey answered without metadata');
  return { ...KeyMetadata, Arn: KeyMetadata.Arn };
}
