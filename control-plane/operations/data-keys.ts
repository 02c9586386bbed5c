/** Data keys, data key pairs and random bytes. Source: AWS KMS API reference, GenerateDataKey, GenerateRandom. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { dataKeyLengthsInBytes, keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { Context, ResolvedKey } from '../context.ts';
import { type Implementation, type Input, refuseRecipient, resolvedKey } from './implementation.ts';
import { currentMaterial } from './key-material.ts';

type DataKeyInput = Pick<Input<'GenerateDataKey'>, 'KeySpec' | 'NumberOfBytes' | 'EncryptionContext'>;
type DataKeyPairInput = Pick<Input<'GenerateDataKeyPair'>, 'KeyPairSpec' | 'EncryptionContext'>;

export const generateDataKey: Implementation<'GenerateDataKey'> = {
  check(_ctx, input) {
    refuseRecipient(input);
    requireLength(input);
  },
  async run(ctx, input, keys) {
    const { dataKey, ids, audit } = await newDataKey(ctx, input, resolvedKey(keys), true);
    return { output: { CiphertextBlob: dataKey.ciphertextBlob, Plaintext: dataKey.plaintext, ...ids }, audit };
  },
};

export const generateDataKeyWithoutPlaintext: Implementation<'GenerateDataKeyWithoutPlaintext'> = {
  check(_ctx, input) {
    requireLength(input);
  },
  async run(ctx, input, keys) {
    const { dataKey, ids, audit } = await newDataKey(ctx, input, resolvedKey(keys), false);
    return { output: { CiphertextBlob: dataKey.ciphertextBlob, ...ids }, audit };
  },
};

export const generateDataKeyPair: Implementation<'GenerateDataKeyPair'> = {
  check(_ctx, input) {
    refuseRecipient(input);
    requirePairSpec(input);
  },
  async run(ctx, input, keys) {
    const { pair, output, audit } = await newDataKeyPair(ctx, input, resolvedKey(keys), true);
    return { output: { ...output, PrivateKeyPlaintext: pair.privateKeyPlaintext }, audit };
  },
};

export const generateDataKeyPairWithoutPlaintext: Implementation<'GenerateDataKeyPairWithoutPlaintext'> = {
  check(_ctx, input) {
    requirePairSpec(input);
  },
  async run(ctx, input, keys) {
    const { output, audit } = await newDataKeyPair(ctx, input, resolvedKey(keys), false);
    return { output, audit };
  },
};

export const generateRandom: Implementation<'GenerateRandom'> = {
  check(_ctx, input) {
    refuseRecipient(input);
    requireNumberOfBytes(input);
    if (input.CustomKeyStoreId !== undefined) throw new KmsError('CustomKeyStoreNotFoundException');
  },
  async run(ctx, input) {
    return { output: { Plaintext: await ctx.hsm.random(requireNumberOfBytes(input)) } };
  },
};

async function newDataKey(ctx: Context, input: DataKeyInput, key: ResolvedKey, withPlaintext: boolean) {
  const material = await currentMaterial(ctx, key);
  const dataKey = await ctx.hsm.generateDataKey({
    material,
    lengthInBytes: requireLength(input),
    encryptionContext: input.EncryptionContext ?? {},
    withPlaintext,
  });
  return {
    dataKey,
    ids: { KeyId: key.arn, KeyMaterialId: material.materialId },
    audit: { additionalEventData: { keyMaterialId: material.materialId } },
  };
}

async function newDataKeyPair(ctx: Context, input: DataKeyPairInput, key: ResolvedKey, withPlaintext: boolean) {
  const material = await currentMaterial(ctx, key);
  const pair = await ctx.hsm.generateDataKeyPair({
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

function requirePairSpec({ KeyPairSpec }: DataKeyPairInput): void {
  if (keySpecRow(KeyPairSpec).status === 'implemented') return;
  throw new KmsError('UnsupportedOperationException', messages.planned(`KeyPairSpec ${KeyPairSpec}`));
}

/** Exactly one of key spec and number of bytes says how long the data key is. */
function requireLength({ KeySpec, NumberOfBytes }: DataKeyInput): number {
  if (KeySpec !== undefined && NumberOfBytes === undefined) return dataKeyLengthsInBytes[KeySpec];
  if (KeySpec === undefined && NumberOfBytes !== undefined) return NumberOfBytes;
  throw new KmsError('ValidationException', messages.dataKeyLength);
}

function requireNumberOfBytes({ NumberOfBytes }: Input<'GenerateRandom'>): number {
  if (NumberOfBytes === undefined) throw new KmsError('ValidationException', messages.numberOfBytesRequired);
  return NumberOfBytes;
}
