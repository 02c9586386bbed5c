/** The interface of all signature schemes: one row per algorithm and message type. */
import type { KeyObject } from 'node:crypto';
import type { MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { SecretBytes } from './secret-bytes.ts';

export interface Signer {
  /** Undefined where a message can have any length. */
  readonly messageLengthInBytes?: number;
  sign(material: SecretBytes, message: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Can throw for a signature that it cannot read; callers treat that as not verified. */
  verify(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): boolean;
}

export type Signers = {
  readonly [Algorithm in SigningAlgorithmSpec]?: { readonly [Type in MessageType]?: Signer };
};

export const digestLengths = { sha256: 32, sha384: 48, sha512: 64 } as const;

export type SigningHash = keyof typeof digestLengths;
