/**
 * Owns the form in which key material and access-key secrets leave the HSM: sealed with AES-256-GCM-SIV (RFC 8452,
 * from @noble/ciphers, because OpenSSL in Node does not offer it). SIV, because wrapped blobs live for decades and pass
 * through backups and restored machines: a repeated nonce reveals only that two blobs are equal.
 *
 * Wrapped layout, version 1 (integers big-endian):
 *
 *   offset  bytes  field
 *        0      1  version      0x01
 *        1      4  generation   of the root key that the wrapping key is derived from
 *        5     12  nonce        random
 *       17      n  sealed       as long as the secret
 *   17 + n     16  tag
 *
 *   key of material = KDF(root key of that generation, label "keystead domain key v1", context = texts(account, Region) ‖ generation)
 *   key of secrets  = KDF(root key of that generation, label "keystead access key secret v1", context = texts(account) ‖ generation)
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
import {
  GENERATION_OFFSET,
  generationOf,
  WRAPPED_HEADER_BYTES,
  wrappedHeader,
} from '../../domain/keys/wrapped-header.ts';
import type { SecretOwner } from '../port/credentials.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { KeyStoreOwner, MaterialOwner } from '../port/wrapped-material.ts';
import { deriveKey, encodeTexts, type KdfLabel } from './kdf.ts';
import type { RootKeys } from './root-keys.ts';
import { SecretBytes } from './secret-bytes.ts';

const NONCE_OFFSET = WRAPPED_HEADER_BYTES;
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

/** The binding of a secret that is opened again and again: what is encoded is encoded only when it is unwrapped. */
class OwnedBinding implements Binding {
  readonly label: KdfLabel;
  readonly #keyOwner: readonly string[];
  readonly #owner: readonly string[];

  constructor(label: KdfLabel, keyOwner: readonly string[], owner: readonly string[]) {
    this.label = label;
    this.#keyOwner = keyOwner;
    this.#owner = owner;
  }

  get keyContext(): Uint8Array {
    return encodeTexts(...this.#keyOwner);
  }

  get associatedData(): Uint8Array {
    return encodeTexts(...this.#owner);
  }

  /** Two different bindings never have the same name: each text follows its length. */
  get name(): string {
    let name = '';
    for (const text of this.#keyOwner) name += `${text.length}:${text}`;
    name += '/';
    for (const text of this.#owner) name += `${text.length}:${text}`;
    return name;
  }
}

export type { OwnedBinding };

export function materialBinding(owner: MaterialOwner, materialId: string): OwnedBinding {
  const { accountId, domainRegion, keyId, keySpec } = owner;
  return new OwnedBinding(
    'keystead domain key v1',
    [accountId, domainRegion],
    ['key material', accountId, domainRegion, keyId, keySpec, materialId],
  );
}

export function secretBinding({ accountId, accessKeyId }: SecretOwner): OwnedBinding {
  return new OwnedBinding('keystead access key secret v1', [accountId], ['access key secret', accountId, accessKeyId]);
}

/** For the CKA_ID of a key in a PKCS#11 token: sealed like key material, but distinguishable from it. */
export function pkcs11KeyBinding(owner: MaterialOwner, materialId: string): OwnedBinding {
  const { accountId, domainRegion, keyId, keySpec } = owner;
  return new OwnedBinding(
    'keystead domain key v1',
    [accountId, domainRegion],
    ['token key', accountId, domainRegion, keyId, keySpec, materialId],
  );
}

export function passwordBinding({ accountId, keyStoreId }: KeyStoreOwner): OwnedBinding {
  return new OwnedBinding('keystead key store password v1', [accountId], ['key store password', accountId, keyStoreId]);
}

/** Under the generation that is in use. */
export function wrap(rootKeys: RootKeys, binding: Binding, secret: SecretBytes): Uint8Array {
  return wrapWith(rootKeys, binding, secret, randomBytes(NONCE_BYTES));
}

/** Wraps with a nonce chosen by the caller: deterministic, so that test vectors can freeze the layout. */
export function wrapWith(rootKeys: RootKeys, binding: Binding, secret: SecretBytes, nonce: Uint8Array): Uint8Array {
  const { generation, rootKey } = rootKeys.inUse;
  const header = wrappedHeader(generation);
  const sealed = wrappingKey(rootKey, binding, header).useOnce((key) =>
    secret.use((bytes) => gcmsiv(key, nonce, Buffer.concat([header, binding.associatedData])).encrypt(bytes)),
  );
  return Buffer.concat([header, nonce, sealed]);
}

/**
 * @throws HsmError `invalid-material` when it is damaged, or belongs to another owner or root key, or to a generation that
 *   is not held
 */
export function unwrap(rootKeys: RootKeys, binding: Binding, wrapped: Uint8Array): SecretBytes {
  const generation = generationOf(wrapped);
  if (generation === undefined || wrapped.length <= SEALED_OFFSET + TAG_BYTES) throw invalidMaterial();
  const rootKey = rootKeys.find(generation);
  if (!rootKey) throw new HsmError('invalid-material', missingGeneration(generation));
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

/** Wraps again under the generation in use, bound as before. @throws HsmError `invalid-material` */
export function rewrap(rootKeys: RootKeys, binding: Binding, wrapped: Uint8Array): Uint8Array {
  const secret = unwrap(rootKeys, binding, wrapped);
  try {
    return wrap(rootKeys, binding, secret);
  } finally {
    secret.wipe();
  }
}

const missingGeneration = (generation: number): string =>
  `wrapped material needs generation ${generation} of the root key, which this HSM does not hold`;

function invalidMaterial(): HsmError {
  return new HsmError(
    'invalid-material',
    'wrapped material cannot be unwrapped: it is damaged, or belongs to another owner or root key',
  );
}
