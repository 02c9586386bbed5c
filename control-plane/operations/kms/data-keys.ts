/** Data keys, data key pairs and random bytes. Source: AWS KMS API reference, GenerateDataKey, GenerateRandom. */

import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { dataKeyLengthsInBytes } from '@keystead/provider-schema/key-specs.ts';
import type { dataKeysOperations } from '@keystead/provider-schema/operations/kms/data-keys.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { requireTransition } from '../../domain/key-stores/key-store.ts';
import { pkcs11LoginOf } from '../../domain/key-stores/key-store-login.ts';
import { hasMaterialIds } from '../../domain/keys/key-metadata.ts';
import { requireAvailableSpec } from '../../domain/keys/key-spec-availability.ts';
import { unsupportedOrigin } from '../../domain/keys/key-state.ts';
import {
  type Implementation,
  type Implementations,
  type Input,
  refuseRecipient,
  resolvedKey,
} from '../shared/implementation.ts';
import { encryptExternally } from './external-encryption.ts';
import { currentMaterial, materialEventData } from './key-material.ts';
import { clusterRefusal } from './key-stores/cluster.ts';
import { requireKeyStore } from './key-stores/key-store.ts';

type DataKeyInput = Pick<Input<'GenerateDataKey'>, 'KeySpec' | 'NumberOfBytes' | 'EncryptionContext'>;
type DataKeyPairInput = Pick<Input<'GenerateDataKeyPair'>, 'KeyPairSpec' | 'EncryptionContext'>;

const generateDataKey: Implementation<'GenerateDataKey'> = {
  check(_ctx, input) {
    refuseRecipient(input);
    requireLength(input);
  },
  async run(ctx, input, keys) {
    const { dataKey, ids, audit } = await newDataKey(ctx, input, resolvedKey(keys), 'GenerateDataKey');
    return { output: { CiphertextBlob: dataKey.ciphertextBlob, Plaintext: dataKey.plaintext, ...ids }, audit };
  },
};

const generateDataKeyWithoutPlaintext: Implementation<'GenerateDataKeyWithoutPlaintext'> = {
  check(_ctx, input) {
    requireLength(input);
  },
  async run(ctx, input, keys) {
    const { dataKey, ids, audit } = await newDataKey(ctx, input, resolvedKey(keys), 'GenerateDataKeyWithoutPlaintext');
    return { output: { CiphertextBlob: dataKey.ciphertextBlob, ...ids }, audit };
  },
};

const generateDataKeyPair: Implementation<'GenerateDataKeyPair'> = {
  check(ctx, input, keys) {
    refuseRecipient(input);
    requireAvailableSpec('KeyPairSpec', input.KeyPairSpec, ctx.region);
    refuseKeyStore(resolvedKey(keys));
  },
  async run(ctx, input, keys) {
    const { pair, output, audit } = await newDataKeyPair(ctx, input, resolvedKey(keys), true);
    return { output: { ...output, PrivateKeyPlaintext: pair.privateKeyPlaintext }, audit };
  },
};

const generateDataKeyPairWithoutPlaintext: Implementation<'GenerateDataKeyPairWithoutPlaintext'> = {
  check(ctx, input, keys) {
    requireAvailableSpec('KeyPairSpec', input.KeyPairSpec, ctx.region);
    refuseKeyStore(resolvedKey(keys));
  },
  async run(ctx, input, keys) {
    const { output, audit } = await newDataKeyPair(ctx, input, resolvedKey(keys), false);
    return { output, audit };
  },
};

const generateRandom: Implementation<'GenerateRandom'> = {
  check(_ctx, input) {
    refuseRecipient(input);
    requireNumberOfBytes(input);
  },
  async run(ctx, input) {
    const lengthInBytes = requireNumberOfBytes(input);
    const { CustomKeyStoreId } = input;
    const Plaintext =
      CustomKeyStoreId === undefined
        ? await ctx.keyMaterial.random(lengthInBytes)
        : await randomOfKeyStore(ctx, CustomKeyStoreId, lengthInBytes);
    return { output: { Plaintext } };
  },
};

/** Only a cluster has a random number generator of its own. */
async function randomOfKeyStore(ctx: Context, keyStoreId: string, lengthInBytes: number): Promise<Uint8Array> {
  const keyStore = await requireKeyStore(ctx, keyStoreId);
  if (keyStore.type !== 'AWS_CLOUDHSM') {
    throw new KmsError('UnsupportedOperationException', 'GenerateRandom does not support external key stores.');
  }
  requireTransition(keyStore, 'GenerateRandom');
  return await ctx.pkcs11.pkcs11Random(pkcs11LoginOf(keyStore), lengthInBytes).catch(clusterRefusal(keyStore));
}

async function newDataKey(
  ctx: Context,
  input: DataKeyInput,
  key: ResolvedKey,
  operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext',
) {
  const material = await currentMaterial(ctx, key);
  const { materialId } = material;
  const { EncryptionContext: encryptionContext = {} } = input;
  const dataKey = await ctx.keyMaterial.generateDataKey({
    material,
    lengthInBytes: requireLength(input),
    encryptionContext,
    withPlaintext: operation === 'GenerateDataKey',
  });
  const blob = dataKey.ciphertextBlob;
  const ciphertextBlob = await encryptExternally(ctx, key, operation, { blob, materialId, encryptionContext });
  return {
    dataKey: { ...dataKey, ciphertextBlob },
    ids: { KeyId: key.arn, ...(hasMaterialIds(key.shared) && { KeyMaterialId: materialId }) },
    audit: { additionalEventData: materialEventData(key, materialId) },
  };
}

async function newDataKeyPair(ctx: Context, input: DataKeyPairInput, key: ResolvedKey, withPlaintext: boolean) {
  const material = await currentMaterial(ctx, key);
  const pair = await ctx.keyMaterial.generateDataKeyPair({
    material,
    keyPairSpec: input.KeyPairSpec,
    encryptionContext: input.EncryptionContext ?? {},
    withPlaintext,
  });
  return {
    pair,
    output: {
      PrivateKeyCiphertextBlob: pair.privateKeyCiphertextBlob,
      PublicKey: pair.publicKey,
      KeyId: key.arn,
      KeyPairSpec: input.KeyPairSpec,
      KeyMaterialId: material.materialId,
    },
    audit: { additionalEventData: { keyMaterialId: material.materialId } },
  };
}

/** Keys in custom key stores cannot generate key pairs. */
function refuseKeyStore(key: ResolvedKey): void {
  if (key.shared.custom_key_store_id !== null) throw unsupportedOrigin(key);
}

/** The length of the data key in bytes. The request must have either a key spec or a number of bytes. */
function requireLength({ KeySpec, NumberOfBytes }: DataKeyInput): number {
  if (KeySpec !== undefined && NumberOfBytes === undefined) return dataKeyLengthsInBytes[KeySpec];
  if (KeySpec === undefined && NumberOfBytes !== undefined) return NumberOfBytes;
  throw new KmsError('ValidationException', messages.dataKeyLength);
}

function requireNumberOfBytes({ NumberOfBytes }: Input<'GenerateRandom'>): number {
  if (NumberOfBytes === undefined) throw new KmsError('ValidationException', messages.numberOfBytesRequired);
  return NumberOfBytes;
}

export const dataKeysFunctions: Implementations<typeof dataKeysOperations> = {
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateDataKeyPair: generateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: generateDataKeyPairWithoutPlaintext,
  GenerateRandom: generateRandom,
};
