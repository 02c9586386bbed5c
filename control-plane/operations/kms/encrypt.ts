/**
 * Encryption and decryption, under symmetric keys and RSA keys. The header of a symmetric ciphertext names the material
 * that decrypts it; an RSA ciphertext does not have a header, so the caller names key and algorithm. All failures to
 * decrypt have the same answer, so that it reveals nothing.
 * Source: AWS KMS API reference, Encrypt, Decrypt, ReEncrypt.
 */

import { isOaep, type OaepAlgorithm } from '@keystead/provider-schema/algorithms.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { EncryptionAlgorithmSpec, EncryptionContextType } from '@keystead/provider-schema/generated/types.ts';
import { keySpecRow } from '@keystead/provider-schema/key-specs.ts';
import type { encryptOperations } from '@keystead/provider-schema/operations/kms/encrypt.ts';
import { usableKey } from '@keystead/provider-schema/operations/states.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { readCiphertextNames } from '../../domain/key-stores/key-store-ciphertext.ts';
import { oaepTooLong, requireAlgorithm, requireOaepLength } from '../../domain/keys/algorithms.ts';
import { hasMaterialIds } from '../../domain/keys/key-metadata.ts';
import { requireKeyState } from '../../domain/keys/key-state.ts';
import { HsmError } from '../../hsm/port/hsm-error.ts';
import type { WrappedMaterial } from '../../hsm/port/wrapped-material.ts';
import {
  type Implementation,
  type Implementations,
  type Input,
  refuseRecipient,
  resolvedKey,
} from '../shared/implementation.ts';
import { decryptExternally, encryptExternally, innerRefusal } from './external-encryption.ts';
import { currentMaterial, findMaterial, materialEventData } from './key-material.ts';

const encrypt: Implementation<'Encrypt'> = {
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const { algorithm, oaep, encryptionContext } = cipherOf(key, input);
    const { Plaintext: plaintext } = input;
    if (oaep) requireOaepLength(key, oaep, plaintext.length);
    const material = await currentMaterial(ctx, key);
    const blob = oaep
      ? await ctx.keyMaterial.encryptAsymmetric({ material, algorithm: oaep, plaintext })
      : await ctx.keyMaterial.encrypt({ material, plaintext, encryptionContext });
    const { materialId } = material;
    const CiphertextBlob = await encryptExternally(ctx, key, 'Encrypt', { blob, materialId, encryptionContext });
    return {
      output: { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm: algorithm },
      ...(!oaep && { audit: { additionalEventData: materialEventData(key, materialId) } }),
    };
  },
};

const decrypt: Implementation<'Decrypt'> = {
  check(_ctx, input, keys) {
    refuseRecipient(input);
    requireCiphertext(input);
    requirePossibleKey(resolvedKey(keys), input, input.EncryptionAlgorithm);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    const { algorithm, oaep, encryptionContext } = cipherOf(key, input);
    const { CiphertextBlob: ciphertext } = input;
    if (ciphertext === undefined || ignoresCiphertext(input)) return { output: { KeyId: key.arn } };
    const answer = { KeyId: key.arn, EncryptionAlgorithm: algorithm };
    if (oaep) {
      const material = await currentMaterial(ctx, key);
      const Plaintext = await ctx.keyMaterial.decryptAsymmetric({ material, algorithm: oaep, ciphertext });
      return { output: { ...answer, Plaintext } };
    }
    const material = await materialOf(ctx, key, ciphertext);
    const ciphertextBlob = await decryptExternally(ctx, key, 'Decrypt', ciphertext, encryptionContext);
    const opened = ctx.keyMaterial.decrypt({ material, ciphertextBlob, encryptionContext });
    const Plaintext = await opened.catch(innerRefusal(key));
    const { materialId } = material;
    return {
      output: { ...answer, Plaintext, ...(hasMaterialIds(key.shared) && { KeyMaterialId: materialId }) },
      audit: { additionalEventData: materialEventData(key, materialId) },
    };
  },
};

const reEncrypt: Implementation<'ReEncrypt'> = {
  check(_ctx, input, keys) {
    requireCiphertext(input);
    requirePossibleKey(resolvedKey(keys, 'SourceKeyId'), input, input.SourceEncryptionAlgorithm);
  },
  async run(ctx, input, keys) {
    const [key, to] = [resolvedKey(keys, 'SourceKeyId'), resolvedKey(keys, 'DestinationKeyId')];
    const from = sourceCipher(key, input);
    const into = destinationCipher(to, input);
    const ids = { SourceKeyId: key.arn, KeyId: to.arn };
    const { CiphertextBlob: given } = input;
    if (given === undefined || ignoresCiphertext(input)) return { output: ids };
    const source = from.oaep ? await currentMaterial(ctx, key) : await materialOf(ctx, key, given);
    const ciphertextBlob = await decryptExternally(ctx, key, 'ReEncrypt', given, from.encryptionContext);
    const destination = await currentMaterial(ctx, to);
    const request = {
      source,
      ...defined({ sourceAlgorithm: from.oaep }),
      ciphertextBlob,
      sourceEncryptionContext: from.encryptionContext,
      destination,
      ...defined({ destinationAlgorithm: into.oaep }),
      destinationEncryptionContext: into.encryptionContext,
    };
    const blob = await ctx.keyMaterial.reEncrypt(request).catch((error) => {
      const tooLong = error instanceof HsmError && error.kind === 'plaintext-too-long';
      if (tooLong && into.oaep) throw oaepTooLong(to, into.oaep);
      return innerRefusal(key)(error);
    });
    const { encryptionContext } = into;
    const { materialId } = destination;
    const CiphertextBlob = await encryptExternally(ctx, to, 'ReEncrypt', { blob, materialId, encryptionContext });
    const [namesSource, namesDestination] = [key, to].map((each) => hasMaterialIds(each.shared));
    return {
      output: {
        CiphertextBlob,
        ...ids,
        SourceEncryptionAlgorithm: from.algorithm,
        DestinationEncryptionAlgorithm: into.algorithm,
        ...(namesSource && { SourceKeyMaterialId: source.materialId }),
        ...(namesDestination && { DestinationKeyMaterialId: destination.materialId }),
      },
      ...((namesSource || namesDestination) && {
        audit: {
          additionalEventData: {
            ...(namesSource && { sourceKeyMaterialId: source.materialId }),
            ...(namesDestination && { destinationKeyMaterialId: destination.materialId }),
          },
        },
      }),
    };
  },
};

function sourceCipher(key: ResolvedKey, input: Input<'ReEncrypt'>): Cipher {
  const { SourceEncryptionAlgorithm: EncryptionAlgorithm, SourceEncryptionContext: EncryptionContext } = input;
  return cipherOf(key, { EncryptionAlgorithm, EncryptionContext }, 'SourceEncryptionContext');
}

function destinationCipher(key: ResolvedKey, input: Input<'ReEncrypt'>): Cipher {
  const { DestinationEncryptionAlgorithm: EncryptionAlgorithm, DestinationEncryptionContext: EncryptionContext } =
    input;
  return cipherOf(key, { EncryptionAlgorithm, EncryptionContext }, 'DestinationEncryptionContext');
}

/**
 * The material that the ciphertext's header names.
 * @throws KmsError IncorrectKeyException when it names another key (related multi-Region keys are one key),
 *   InvalidCiphertextException when it cannot be read or the key never had that material.
 */
async function materialOf(ctx: Context, key: ResolvedKey, ciphertextBlob: Uint8Array): Promise<WrappedMaterial> {
  const header = readCiphertextNames(ciphertextBlob);
  if (!header) throw new KmsError('InvalidCiphertextException');
  if (header.keyId !== key.shared.key_id) throw new KmsError('IncorrectKeyException');
  const material = await findMaterial(ctx, key, header.materialId);
  if (!material) throw new KmsError('InvalidCiphertextException');
  return material;
}

interface Cipher {
  readonly algorithm: EncryptionAlgorithmSpec;
  /** Set for RSA keys, absent for symmetric ones. */
  readonly oaep?: OaepAlgorithm;
  readonly encryptionContext: EncryptionContextType;
}

interface CipherInput {
  readonly EncryptionAlgorithm?: EncryptionAlgorithmSpec | undefined;
  readonly EncryptionContext?: EncryptionContextType | undefined;
}

/**
 * How a key encrypts or decrypts in this request. SYMMETRIC_DEFAULT is the default for every key, so a
 * request with an RSA key must name an algorithm.
 * @param member the input member with the encryption context, which is not allowed with RSA keys.
 * @throws KmsError InvalidKeyUsageException, ValidationException
 */
function cipherOf(key: ResolvedKey, input: CipherInput, member = 'EncryptionContext'): Cipher {
  const { EncryptionAlgorithm = 'SYMMETRIC_DEFAULT', EncryptionContext: encryptionContext = {} } = input;
  const algorithm = requireAlgorithm(key, EncryptionAlgorithm);
  if (!isOaep(algorithm)) return { algorithm, encryptionContext };
  if (Object.keys(encryptionContext).length > 0) {
    throw new KmsError('ValidationException', messages.encryptionContextNotValid(member, key.shared.key_spec));
  }
  return { algorithm, oaep: algorithm, encryptionContext };
}

interface CiphertextInput {
  readonly CiphertextBlob?: Uint8Array | undefined;
  readonly DryRun?: boolean | undefined;
  readonly DryRunModifiers?: readonly 'IGNORE_CIPHERTEXT'[] | undefined;
}

/** A dry run can test authorization alone. */
function ignoresCiphertext({ DryRunModifiers = [] }: CiphertextInput): boolean {
  return DryRunModifiers.includes('IGNORE_CIPHERTEXT');
}

/**
 * A symmetric ciphertext cannot be of a key that is not symmetric, whatever that key is for: the answer is that of
 * another key, not that of a wrong usage. The key's state comes first.
 * @throws KmsError IncorrectKeyException, DisabledException, KMSInvalidStateException
 */
function requirePossibleKey(key: ResolvedKey, input: CiphertextInput, algorithm?: EncryptionAlgorithmSpec): void {
  if (keySpecRow(key.shared.key_spec).type === 'symmetric' || ignoresCiphertext(input)) return;
  const { CiphertextBlob: ciphertext } = input;
  if (ciphertext === undefined || (algorithm !== undefined && algorithm !== 'SYMMETRIC_DEFAULT')) return;
  if (!readCiphertextNames(ciphertext)) return;
  requireKeyState(usableKey, key);
  throw new KmsError('IncorrectKeyException');
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

export const encryptFunctions: Implementations<typeof encryptOperations> = {
  Encrypt: encrypt,
  Decrypt: decrypt,
  ReEncrypt: reEncrypt,
};
