/**
 * The outer layer of encryption under keys in external key stores: the external key manager encrypts the HSM's
 * ciphertext once more, and decrypts it before the HSM does. Ciphertexts of other keys pass through unchanged.
 * Source: AWS KMS Developer Guide, "How external key stores work: double encryption".
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { EncryptionContextType } from '@keystead/provider-schema/generated/types.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import {
  encodeExternalCiphertext,
  externalAdditionalData,
  parseExternalCiphertext,
} from '../../domain/key-stores/key-store-ciphertext.ts';
import { xksProxyOf } from '../../domain/key-stores/key-store-login.ts';
import { HsmError } from '../../hsm/port/hsm-error.ts';
import type { CustomKeyStoreRow } from '../../storage/port/tables.ts';
import { keyRequest } from './key-stores/proxy.ts';

interface Layer {
  readonly keyStore: CustomKeyStoreRow;
  readonly externalKeyId: string;
}

function outerLayer({ shared, keyStore }: ResolvedKey): Layer | undefined {
  return keyStore && shared.xks_key_id !== null ? { keyStore, externalKeyId: shared.xks_key_id } : undefined;
}

export const isExternal = (key: ResolvedKey): boolean => outerLayer(key) !== undefined;

/** @throws XksError */
export async function encryptExternally(
  ctx: Context,
  key: ResolvedKey,
  operation: string,
  {
    blob,
    materialId,
    encryptionContext,
  }: {
    readonly blob: Uint8Array;
    readonly materialId: string;
    readonly encryptionContext: EncryptionContextType;
  },
): Promise<Uint8Array> {
  const layer = outerLayer(key);
  if (!layer) return blob;
  const names = { keyId: key.shared.key_id, materialId };
  const sealed = await ctx.keyStores.xks.encrypt(xksProxyOf(layer.keyStore), layer.externalKeyId, {
    plaintext: blob,
    additionalData: externalAdditionalData(names, encryptionContext),
    metadata: { ...keyRequest(ctx, operation), kmsKeyArn: key.arn },
  });
  return encodeExternalCiphertext({ ...names, ...sealed });
}

/** @throws XksError; KmsError InvalidCiphertextException when the blob does not have an outer layer. */
export async function decryptExternally(
  ctx: Context,
  key: ResolvedKey,
  operation: string,
  blob: Uint8Array,
  encryptionContext: EncryptionContextType,
): Promise<Uint8Array> {
  const layer = outerLayer(key);
  if (!layer) return blob;
  const parsed = parseExternalCiphertext(blob);
  if (!parsed) throw new KmsError('InvalidCiphertextException');
  return await ctx.keyStores.xks.decrypt(xksProxyOf(layer.keyStore), layer.externalKeyId, {
    ...parsed,
    additionalData: externalAdditionalData(parsed, encryptionContext),
    requestMetadata: { ...keyRequest(ctx, operation), kmsKeyArn: key.arn },
  });
}

/** Maps the HSM's failure to decrypt the inner ciphertext: the proxy returned other bytes than it was given. */
export function innerRefusal(key: ResolvedKey) {
  return (error: unknown): never => {
    if (isExternal(key) && error instanceof HsmError && error.kind === 'invalid-ciphertext') {
      throw new KmsError('KMSInvalidStateException', messages.xksInnerCiphertext);
    }
    throw error;
  };
}
