/**
 * Imports key material: unwraps the bytes by the algorithm in the import token, then brings the material into the one
 * form that the HSM keeps for its spec. A ciphertext that cannot be decrypted and material that does not fit its spec
 * have one error each, whatever the cause. Source: AWS KMS developer guide, "Encrypt the key material"; PKCS #11 3.1
 * section 6.1.21, CKM_RSA_AES_KEY_WRAP.
 */
import type { WrappingAlgorithm } from '@keystead/provider-schema/wrapping.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { AsymmetricEncryptionAlgorithm } from '../port/key-material.ts';
import type { MaterialOwner } from '../port/wrapped-material.ts';
import { AES_256_KEY_BYTES } from './aes.ts';
import { unwrapWithPadding } from './aes-kwp.ts';
import { requireAbility } from './families.ts';
import { deriveKey, encodeTexts } from './kdf.ts';
import { modulusLengthInBytes, oaepCiphers } from './rsa.ts';
import { SecretBytes } from './secret-bytes.ts';

/** @throws HsmError `invalid-ciphertext` */
type Unwrap = (wrappingKey: SecretBytes, ciphertext: Uint8Array) => Promise<SecretBytes>;

const oaep =
  (algorithm: AsymmetricEncryptionAlgorithm): Unwrap =>
  async (wrappingKey, ciphertext) =>
    new SecretBytes(await oaepCiphers[algorithm].decrypt(wrappingKey, ciphertext));

/** RSA-OAEP of an AES-256 key, as long as the modulus, then the key material under AES key wrap with padding. */
const rsaAesKeyWrap =
  (algorithm: AsymmetricEncryptionAlgorithm): Unwrap =>
  async (wrappingKey, ciphertext) => {
    const wrappedKeyLength = modulusLengthInBytes(wrappingKey);
    const aesKey = await oaep(algorithm)(wrappingKey, ciphertext.subarray(0, wrappedKeyLength));
    try {
      if (aesKey.length !== AES_256_KEY_BYTES)
        throw new HsmError('invalid-ciphertext', 'the wrapped key cannot be unwrapped');
      return unwrapWithPadding(aesKey, ciphertext.subarray(wrappedKeyLength));
    } finally {
      aesKey.wipe();
    }
  };

const unwraps: Readonly<Record<WrappingAlgorithm, Unwrap>> = {
  RSAES_OAEP_SHA_1: oaep('RSAES_OAEP_SHA_1'),
  RSAES_OAEP_SHA_256: oaep('RSAES_OAEP_SHA_256'),
  RSA_AES_KEY_WRAP_SHA_1: rsaAesKeyWrap('RSAES_OAEP_SHA_1'),
  RSA_AES_KEY_WRAP_SHA_256: rsaAesKeyWrap('RSAES_OAEP_SHA_256'),
};

/**
 * @param wrappingKey PKCS#8 of the RSA key that the ciphertext was encrypted for.
 * @returns material in the form that its family keeps.
 * @throws HsmError `invalid-ciphertext`, `incorrect-key-material`
 */
export async function unwrapKeyMaterial(
  owner: MaterialOwner,
  algorithm: WrappingAlgorithm,
  wrappingKey: SecretBytes,
  ciphertext: Uint8Array,
): Promise<SecretBytes> {
  const accept = requireAbility(owner.keySpec, 'accept');
  const plaintext = await unwraps[algorithm](wrappingKey, ciphertext);
  try {
    return await accept(plaintext);
  } finally {
    plaintext.wipe();
  }
}

/**
 * The id of imported material: 64 hex digits derived from the key id and the material, so that a repeated import of the
 * same bytes, into any Region of the key, is recognized. One-way, like every output of the KDF.
 */
export function importedMaterialId({ keyId }: MaterialOwner, material: SecretBytes): string {
  return material.use((bytes) =>
    deriveKey(bytes, 'keystead imported material id v1', encodeTexts(keyId)).useOnce((id) =>
      Buffer.from(id).toString('hex'),
    ),
  );
}
