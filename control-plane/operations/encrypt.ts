/**
 * Encryption and decryption under symmetric keys. Which material opens a ciphertext is read from its header; every way
 * in which opening can fail has one answer, so that failures teach nothing.
 * Source: AWS KMS API reference, Encrypt, Decrypt, ReEncrypt.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { EncryptionAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import { algorithmsOf } from '@keystead/provider-schema/key-specs.ts';
import type { Context, ResolvedKey } from '../context.ts';
import { parseCiphertextHeader } from '../domain/ciphertext.ts';
import type { WrappedMaterial } from '../hsm/hsm.ts';
import { type Implementation, resolvedKey } from './implementation.ts';
import { currentMaterial, findMaterial } from './key-material.ts';

const DEFAULT_ALGORITHM = 'SYMMETRIC_DEFAULT';

export const encrypt: Implementation<'Encrypt'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const EncryptionAlgorithm = requireAlgorithm(key, input.EncryptionAlgorithm);
    const material = await currentMaterial(ctx, key);
    const CiphertextBlob = await ctx.hsm.encrypt({
      material,
      plaintext: input.Plaintext,
      encryptionContext: input.EncryptionContext ?? {},
    });
    return {
      output: { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm },
      audit: { additionalEventData: { keyMaterialId: material.materialId } },
    };
  },
};

export const decrypt: Implementation<'Decrypt'> = {
  check(_ctx, input) {
    if (input.Recipient) throw new KmsError('UnsupportedOperationException', messages.planned('Recipient'));
    requireCiphertext(input);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const EncryptionAlgorithm = requireAlgorithm(key, input.EncryptionAlgorithm);
    if (input.CiphertextBlob === undefined || ignoresCiphertext(input)) return { output: { KeyId: key.arn } };
    const material = await materialOf(ctx, key, input.CiphertextBlob);
    const Plaintext = await ctx.hsm.decrypt({
      material,
      ciphertextBlob: input.CiphertextBlob,
      encryptionContext: input.EncryptionContext ?? {},
    });
    const KeyMaterialId = material.materialId;
    return {
      output: { KeyId: key.arn, Plaintext, EncryptionAlgorithm, KeyMaterialId },
      audit: { additionalEventData: { keyMaterialId: KeyMaterialId } },
    };
  },
};

export const reEncrypt: Implementation<'ReEncrypt'> = {
  check(_ctx, input) {
    requireCiphertext(input);
  },
  async run(ctx, input, keys) {
    const from = resolvedKey(keys, 'SourceKeyId');
    const to = resolvedKey(keys, 'DestinationKeyId');
    const SourceEncryptionAlgorithm = requireAlgorithm(from, input.SourceEncryptionAlgorithm);
    const DestinationEncryptionAlgorithm = requireAlgorithm(to, input.DestinationEncryptionAlgorithm);
    const ids = { SourceKeyId: from.arn, KeyId: to.arn };
    if (input.CiphertextBlob === undefined || ignoresCiphertext(input)) return { output: ids };
    const source = await materialOf(ctx, from, input.CiphertextBlob);
    const destination = await currentMaterial(ctx, to);
    const CiphertextBlob = await ctx.hsm.reEncrypt({
      source,
      ciphertextBlob: input.CiphertextBlob,
      sourceEncryptionContext: input.SourceEncryptionContext ?? {},
      destination,
      destinationEncryptionContext: input.DestinationEncryptionContext ?? {},
    });
    return {
      output: {
        CiphertextBlob,
        ...ids,
        SourceEncryptionAlgorithm,
        DestinationEncryptionAlgorithm,
        SourceKeyMaterialId: source.materialId,
        DestinationKeyMaterialId: destination.materialId,
      },
      audit: {
        additionalEventData: {
          sourceKeyMaterialId: source.materialId,
          destinationKeyMaterialId: destination.materialId,
        },
      },
    };
  },
};

/**
 * The material that the ciphertext's header names.
 * @throws KmsError IncorrectKeyException when it names another key (related multi-Region keys are one key),
 *   InvalidCiphertextException when it cannot be read or the key never had that material.
 */
async function materialOf(ctx: Context, key: ResolvedKey, ciphertextBlob: Uint8Array): Promise<WrappedMaterial> {
  const header = parseCiphertextHeader(ciphertextBlob);
  if (!header) throw new KmsError('InvalidCiphertextException');
  if (header.keyId !== key.shared.key_id) throw new KmsError('IncorrectKeyException');
  const material = await findMaterial(ctx, key, header.materialId);
  if (!material) throw new KmsError('InvalidCiphertextException');
  return material;
}

function requireAlgorithm(
  key: ResolvedKey,
  algorithm: EncryptionAlgorithmSpec = DEFAULT_ALGORITHM,
): EncryptionAlgorithmSpec {
  const { key_spec: spec, key_usage: usage } = key.shared;
  if (algorithmsOf(spec, usage).includes(algorithm)) return algorithm;
  throw new KmsError('InvalidKeyUsageException', messages.algorithmIncompatible(algorithm, spec));
}

interface CiphertextInput {
  readonly CiphertextBlob?: Uint8Array | undefined;
  readonly DryRun?: boolean | undefined;
  readonly DryRunModifiers?: readonly 'IGNORE_CIPHERTEXT'[] | undefined;
}

/** A dry run may ask about authorization alone. */
function ignoresCiphertext({ DryRunModifiers = [] }: CiphertextInput): boolean {
  return DryRunModifiers.includes('IGNORE_CIPHERTEXT');
}

function requireCiphertext(input: CiphertextInput): void {
  if (ignoresCiphertext(input)) {
    if (input.DryRun) return;
    throw new KmsError('ValidationException', 'DryRunModifiers can only be specified with DryRun.');
  }
  if (input.CiphertextBlob !== undefined) return;
  throw new KmsError(
    'ValidationException',
    "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
  );
}
