/**
 * Key families: what each key spec can do, one row per spec. A spec without a row is unsupported; nothing else in the
 * HSM decides on a spec.
 */
import type { KeySpec } from '@keystead/provider-schema/records.ts';
import { AES_256_KEY_BYTES, generateAesKey, type MessageKey, openMessage, sealMessage } from './aes.ts';
import { type EncryptionContext, HsmError } from './hsm.ts';
import type { SecretBytes } from './secret-bytes.ts';

type MessageTransform = (
  material: SecretBytes,
  key: MessageKey,
  input: Uint8Array,
  encryptionContext: EncryptionContext,
) => Uint8Array;

export interface Family {
  readonly materialLengthInBytes: number;
  generate(): SecretBytes;
  /** Plaintext to ciphertext blob. */
  readonly seal: MessageTransform;
  /** Ciphertext blob to plaintext. */
  readonly open: MessageTransform;
}

const families: { readonly [Spec in KeySpec]?: Family } = {
  SYMMETRIC_DEFAULT: {
    materialLengthInBytes: AES_256_KEY_BYTES,
    generate: generateAesKey,
    seal: sealMessage,
    open: openMessage,
  },
};

/** @throws HsmError `unsupported` */
export function requireFamily(keySpec: KeySpec): Family {
  const family = Object.hasOwn(families, keySpec) ? families[keySpec] : undefined;
  if (!family) throw new HsmError('unsupported', `key spec ${keySpec} is not supported by this HSM`);
  return family;
}
