/** What every signature scheme of the HSM looks like: one row per algorithm and message type. */
import type { KeyObject } from 'node:crypto';
import type { MessageType, SigningAlgorithmSpec } from '@keystead/provider-schema/generated/types.ts';
import type { SecretBytes } from './secret-bytes.ts';

export interface Signer {
  /** Undefined where a message may have any length. */
  readonly messageLengthInBytes?: number;
  sign(material: SecretBytes, message: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** May throw on a signature it cannot read, which is then one that does not verify. */
  verify(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): boolean;
}

export type Signers = {
  readonly [Algorithm in SigningAlgorithmSpec]?: { readonly [Type in MessageType]?: Signer };
};

export const digestLengths = { sha256: 32, sha384: 48, sha512: 64 } as const;

export type SigningHash = keyof typeof digestLengths;
