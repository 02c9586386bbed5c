/**
 * What the services of one software Hsm hold together: the root key, what was opened under it lately, and the PKCS#11
 * tokens. The three end together.
 */
import type { OpenedCache } from '../crypto/opened-cache.ts';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import { pkcs11KeyBinding } from '../crypto/wrapping.ts';
import type { Pkcs11Tokens } from '../pkcs11/pkcs11-tokens.ts';
import type { WrappedMaterial } from '../port/wrapped-material.ts';

export interface Held {
  readonly rootKey: SecretBytes;
  readonly opened: OpenedCache;
  readonly pkcs11Tokens: Pkcs11Tokens;
}

/** CKA_ID: where in its token the key is. @throws HsmError `invalid-material` */
export function backingKeyIdOf({ opened }: Held, material: WrappedMaterial): Uint8Array {
  const place = opened.open(pkcs11KeyBinding(material, material.materialId), material.wrapped);
  return place.use((id) => Uint8Array.from(id));
}
