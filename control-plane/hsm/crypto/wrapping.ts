/**
 * Owns the form in which key material and access-key secrets leave the HSM: sealed with AES-256-GCM-SIV (RFC 8452,
 * from @noble/ciphers, because OpenSSL in Node does not offer it). SIV, because wrapped blobs live for decades and pass
 * through backups and restored machines: a repeated nonce reveals only that two blobs are equal.
 *
 * Wrapped layout, version 1 (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version      0x01
 *        1      4  generation   of the wrapping key; always 1 in this version
 *        5     12  nonce        random
 *       17      n  sealed       as long as the secret
 *   17 + n     16  tag
 *
 *   key of material = KDF(root key, label "keystead domain key v1", context = texts(account, Region) ‖ generation)
 *   key of secrets  = KDF(root key, label "keystead access key secret v1", context = texts(account) ‖ generation)
 *   AAD             = bytes 0–4 ‖ texts(owner)
 *   of material: texts("key material", account, domain Region, key id, key spec, material id)
 *   of secrets:  texts("access key secret", account, access key id)
 *   of the CKA_ID of a key in a PKCS#11 token: as for material, but beginning with "token key"
 *   of key store passwords: texts("key store password", account, key store id), under a key of their own label
 *
 * `texts` is length-prefixed (kdf.ts). Because the names are AAD, a blob moved to another key, spec, account or Region
 * does not open. The layout is frozen by test/vectors/wrapped-v1.json.
 */
import { randomBytes } from 'node:crypto';
import { gcmsiv } from '@noble/ciphers/aes.js';
import type { SecretOwner } from '../port/credentials.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { KeyStoreOwner, MaterialOwner } from '../port/wrapped-material.ts';
import { deriveKey, encodeTexts, type KdfLabel } from './kdf.ts';
import { SecretBytes } from './secret-bytes.ts';

const VERSION = 1;
const CURRENT_GENERATION = 1;
const GENERATION_OFFSET = 1;
const NONCE_OFFSET = 5;
const NONCE_BYTES = 12;
const SEALED_OFFSET = NONCE_OFFSET + NONCE_BYTES;
const TAG_BYTES = 16;

/** The owner of a wrapped secret, and the branch of the key hierarchy that seals it. */
export interface Binding {
  readonly label: KdfLabel;
  /** Names the wrapping key below the root key. */
  readonly keyContext: Uint8Array;
  readonly associatedData: Uint8Array;
}

export function materialBinding(owner: MaterialOwner, materialId: string): Binding {
  const { accountId, domainRegion, keyId, keySpec } = owner;
  return {
    label: 'keystead domain key v1',
    keyContext: encodeTexts(accountId, domainRegion),
    associatedData: encodeTexts('key material', accountId, domainRegion, keyId, keySpec, materialId),
  };
}

export function secretBinding({ accountId, accessKeyId }: SecretOwner): Binding {
  return {
    label: 'keystead access key secret v1',
    keyContext: encodeTexts(accountId),
    associatedData: encodeTexts('access key secret', accountId, accessKeyId),
  };
}

/** For the CKA_ID of a key in a PKCS#11 token: sealed like key material, but distinguishable from it. */
export function pkcs11KeyBinding(owner: MaterialOwner, materialId: string): Binding {
  const { accountId, domainRegion, keyId, keySpec } = owner;
  return {
    label: 'keystead domain key v1',
    keyContext: encodeTexts(accountId, domainRegion),
    associatedData: encodeTexts('token key', accountId, domainRegion, keyId, keySpec, materialId),
  };
}

export function passwordBinding({ accountId, keyStoreId }: KeyStoreOwner): Binding {
  return {
    label: 'keystead key store password v1',
    keyContext: encodeTexts(accountId),
    associatedData: encodeTexts('key store password', accountId, keyStoreId),
  };
}

export function wrap(rootKey: SecretBytes, binding: Binding, secret: SecretBytes): Uint8Array {
  return wrapWith(rootKey, binding, secret, randomBytes(NONCE_BYTES));
}

/** Wraps with a nonce chosen by the caller: deterministic, so that test vectors can freeze the layout. */
export function wrapWith(rootKey: SecretBytes, binding: Binding, secret: SecretBytes, nonce: Uint8Array): Uint8Array {
  const header = Buffer.alloc(NONCE_OFFSET);
  header[0] = VERSION;
  header.writeUInt32BE(CURRENT_GENERATION, GENERATION_OFFSET);
  const sealed = wrappingKey(rootKey, binding, header).useOnce((key) =>
    secret.use((bytes) => gcmsiv(key, nonce, Buffer.concat([header, binding.associatedData])).encrypt(bytes)),
  );
  return Buffer.concat([header, nonce, sealed]);
}

/** @throws HsmError `invalid-material` when it is damaged, or belongs to another owner or root key. */
export function unwrap(rootKey: SecretBytes, binding: Binding, wrapped: Uint8Array): SecretBytes {
  if (wrapped[0] !== VERSION || wrapped.length <= SEALED_OFFSET + TAG_BYTES) throw invalidMaterial();
  const header = wrapped.subarray(0, NONCE_OFFSET);
  const nonce = wrapped.subarray(NONCE_OFFSET, SEALED_OFFSET);
  try {
    return wrappingKey(rootKey, binding, header).useOnce((key) => {
      const cipher = gcmsiv(key, nonce, Buffer.concat([header, binding.associatedData]));
      return new SecretBytes(cipher.decrypt(wrapped.subarray(SEALED_OFFSET)));
    });
  } catch {
    throw invalidMaterial();
  }
}

function wrappingKey(rootKey: SecretBytes, { label, keyContext }: Binding, header: Uint8Array): SecretBytes {
  const generation = header.subarray(GENERATION_OFFSET, NONCE_OFFSET);
  return rootKey.use((bytes) => deriveKey(bytes, label, Buffer.concat([keyContext, generation])));
}

function invalidMaterial(): HsmError {
  return new HsmError(
    'invalid-material',
    'wrapped material cannot be unwrapped: it is damaged, or belongs to another owner or root key',
  );
}
