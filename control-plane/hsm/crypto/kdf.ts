/**
 * Key derivation in counter mode with HMAC-SHA-256: NIST SP 800-108r1, section 4.1.
 * Checked against the NIST CAVP vectors for every counter length and placement.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import { SecretBytes } from './secret-bytes.ts';

const PRF_OUTPUT_BYTES = 32;

export interface CounterModeInput {
  readonly key: Uint8Array;
  /** Fixed input data before the counter; empty in the usual form `[i] ‖ Label ‖ 0x00 ‖ Context ‖ [L]`. */
  readonly beforeCounter: Uint8Array;
  readonly afterCounter: Uint8Array;
  /** r / 8. */
  readonly counterLengthInBytes: 1 | 2 | 3 | 4;
  readonly lengthInBytes: number;
}

/** K(i) = HMAC(key, before ‖ [i] ‖ after); the result is K(1) ‖ K(2) ‖ … cut to length. */
export function counterModeKdf(input: CounterModeInput): Uint8Array {
  const blocks = Math.ceil(input.lengthInBytes / PRF_OUTPUT_BYTES);
  if (blocks >= 2 ** (8 * input.counterLengthInBytes)) throw new RangeError('derived key is too long for its counter');
  // As a KeyObject: Node takes several times longer with the raw bytes.
  const key = createSecretKey(input.key);
  const counter = Buffer.alloc(input.counterLengthInBytes);
  const output = Buffer.alloc(blocks * PRF_OUTPUT_BYTES);
  for (let i = 1; i <= blocks; i++) {
    counter.writeUIntBE(i, 0, counter.length);
    const mac = createHmac('sha256', key).update(input.beforeCounter).update(counter).update(input.afterCounter);
    const block = mac.digest();
    output.set(block, (i - 1) * PRF_OUTPUT_BYTES);
    block.fill(0);
  }
  return output.subarray(0, input.lengthInBytes);
}

const NOTHING = new Uint8Array(0);

/** One label per purpose, so that no two purposes share a derived key. A changed label makes sealed data unreadable. */
export type KdfLabel =
  | 'keystead domain key v1'
  | 'keystead access key secret v1'
  | 'keystead key store password v1'
  | 'keystead token key v2'
  | 'keystead session token v1'
  | 'keystead import token v1'
  | 'keystead imported material id v1'
  | 'keystead root key fingerprint v1'
  | 'keystead checkpoint key v1'
  | 'keystead ciphertext v1';

/** One 256-bit key: HMAC-SHA-256(key, [1]₃₂ ‖ label ‖ 0x00 ‖ context ‖ [256]₃₂). `context` must be unambiguous. */
export function deriveKey(key: Uint8Array, label: KdfLabel, context: Uint8Array): SecretBytes {
  const separator = Buffer.of(0);
  const lengthInBits = Buffer.of(0, 0, 1, 0);
  return new SecretBytes(
    counterModeKdf({
      key,
      beforeCounter: NOTHING,
      afterCounter: Buffer.concat([Buffer.from(label), separator, context, lengthInBits]),
      counterLengthInBytes: 4,
      lengthInBytes: PRF_OUTPUT_BYTES,
    }),
  );
}

/** Length-prefixed texts (UTF-8, 32-bit lengths): two different lists never have the same encoding. */
export function encodeTexts(...texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
