/** Everything that the store keeps wrapped, with what it is bound to: the Hsm wraps it again without showing it. */
import type { SecretOwner } from './credentials.ts';
import type { KeyStoreOwner, MaterialOwner } from './wrapped-material.ts';

export type WrappedSecretOf = { readonly wrapped: Uint8Array } & (
  | (MaterialOwner & { readonly kind: 'key-material'; readonly materialId: string })
  /** The CKA_ID of a key in a PKCS#11 token. */
  | (MaterialOwner & { readonly kind: 'pkcs11-key'; readonly materialId: string })
  | (SecretOwner & { readonly kind: 'access-key-secret' })
  | (KeyStoreOwner & { readonly kind: 'key-store-password' })
);
