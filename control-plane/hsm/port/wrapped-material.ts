/** Types that cross the Hsm's interface in both directions: key material as the store keeps it, and its owner. */
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';

/** Names the domain key (root key → domain key → key material) that wraps a piece of key material. */
export interface MaterialOwner {
  /** 12-digit account id. */
  readonly accountId: string;
  /** Region in which the key was created; a multi-Region key keeps the domain of its first Region for life. */
  readonly domainRegion: string;
  /** UUID or `mrk-…`. */
  readonly keyId: string;
  readonly keySpec: KeySpec;
}

/** Names a custom key store, to which its password is bound. */
export interface KeyStoreOwner {
  readonly accountId: string;
  readonly keyStoreId: string;
}

/** The PKCS#11 token of a custom key store, and the PIN of its crypto user. */
export interface Pkcs11Login extends KeyStoreOwner {
  /** The id under which the operator configured the token. */
  readonly clusterId: string;
  readonly wrappedPassword: Uint8Array;
}

/** Key material as the store keeps it: an opaque wrapped blob bound to owner, material id and spec (AAD). */
export interface WrappedMaterial extends MaterialOwner {
  /** 64 lower-case hex digits. */
  readonly materialId: string;
  readonly wrapped: Uint8Array;
  /** Set for a key in a PKCS#11 token: `wrapped` then contains the key's CKA_ID instead of key material. */
  readonly pkcs11Login?: Pkcs11Login;
}
