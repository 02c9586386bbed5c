/**
 * Checks that an algorithm fits a key, and that its input fits the algorithm.
 * Source: AWS KMS API reference, Sign, Encrypt; developer guide, "Key spec reference".
 */
import { maxOaepPlaintextInBytes, type OaepAlgorithm, signedLengthsOf } from '@keystead/provider-schema/algorithms.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import { algorithmsOf } from '@keystead/provider-schema/key-specs.ts';
import type { KeySpec, KeyUsage } from '@keystead/provider-schema/vocabulary.ts';

/** The part of a key that decides its algorithms. */
export interface KeyOfAlgorithms {
  readonly shared: { readonly key_spec: KeySpec; readonly key_usage: KeyUsage };
}

/** @throws KmsError InvalidKeyUsageException when the key does not have this algorithm. */
export function requireAlgorithm<Algorithm extends string>(
  { shared }: KeyOfAlgorithms,
  algorithm: Algorithm,
): Algorithm {
  if (algorithmsOf(shared.key_spec, shared.key_usage).includes(algorithm)) return algorithm;
  throw new KmsError('InvalidKeyUsageException', messages.algorithmIncompatible(algorithm, shared.key_spec));
}

/**
 * @throws KmsError ValidationException for a message type that the algorithm does not have, or a wrong digest length.
 */
export function requireSignable(algorithm: SigningAlgorithmSpec, messageType: MessageType, message: Uint8Array): void {
  const length = signedLengthsOf(algorithm)[messageType];
  if (length === undefined) throw new KmsError('ValidationException', messages.messageType(algorithm, messageType));
  if (length !== 'any' && message.length !== length) {
    throw new KmsError('ValidationException', messages.digestLength(algorithm));
  }
}

/** @throws KmsError ValidationException */
export function requireOaepLength({ shared }: KeyOfAlgorithms, algorithm: OaepAlgorithm, lengthInBytes: number): void {
  if (lengthInBytes > maxOaepPlaintextInBytes(shared.key_spec, algorithm)) throw oaepTooLong({ shared }, algorithm);
}

/** The error for a plaintext that is too long for the modulus. */
export function oaepTooLong({ shared }: KeyOfAlgorithms, algorithm: OaepAlgorithm): KmsError {
  const max = maxOaepPlaintextInBytes(shared.key_spec, algorithm);
  return new KmsError('ValidationException', messages.plaintextTooLong(algorithm, shared.key_spec, max));
}
