/**
 * What the services of one software Hsm share: the root key, the cache of secrets unwrapped with it, and the PKCS#11
 * tokens.
 */
import type { OpenedCache } from '../crypto/opened-cache.ts';
import type { RootKeys } from '../crypto/root-keys.ts';
import { pkcs11KeyBinding } from '../crypto/wrapping.ts';
import type { Pkcs11Tokens } from '../pkcs11/pkcs11-tokens.ts';
import type { WrappedMaterial } from '../port/wrapped-material.ts';

export interface Held {
  readonly rootKeys: RootKeys;
  readonly opened: OpenedCache;
  readonly pkcs11Tokens: Pkcs11Tokens;
  /** The machine's clock: signing keys of other days are not derived. */
  readonly nowMs: () => number;
  /** Whether key material with a chosen value is accepted without an import token. */
  isSeeding: boolean;
}

/** CKA_ID of the key in its PKCS#11 token. @throws HsmError `invalid-material` */
export function backingKeyIdOf({ opened }: Held, material: WrappedMaterial): Uint8Array {
  const place = opened.open(pkcs11KeyBinding(material, material.materialId), material.wrapped);
  return place.use((id) => Uint8Array.from(id));
}
