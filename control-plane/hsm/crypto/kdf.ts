/**
 * Key derivation in counter mode with HMAC-SHA-256: NIST SP 800-108r1, section 4.1.
 * Checked against the NIST CAVP vectors for every counter length and placement.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { SecretBytes } from './secret-bytes.ts';

const PRF_OUTPUT_BYTES = 32;

/** As a KeyObject where it is used again and again: Node takes longer with raw bytes. */
export type DerivationKey = Uint8Array | KeyObject;

export interface CounterModeInput {
  readonly key: DerivationKey;
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
  const key = input.key instanceof Uint8Array ? createSecretKey(input.key) : input.key;
  const counter = Buffer.alloc(input.counterLengthInBytes);
  const output = Buffer.alloc(blocks * PRF_OUTPUT_BYTES);
  for (let i = 1; i <= blocks; i++) {
    counter.writeUIntBE(i, 0, counter.length);
    const mac = createHmac('sha256', key).update(input.beforeCounter).update(counter).update(input.afterCounter);
    const block = mac.digest();
    if (blocks === 1) return block.subarray(0, input.lengthInBytes);
    output.set(block, (i - 1) * PRF_OUTPUT_BYTES);
    block.fill(0);
  }
  return output.subarray(0, input.lengthInBytes);
}

const NOTHING = new Uint8Array(0);
const LENGTH_IN_BITS = Buffer.of(0, 0, 1, 0);

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
export function deriveKey(key: DerivationKey, label: KdfLabel, context: Uint8Array): SecretBytes {
  return new SecretBytes(
    counterModeKdf({
      key,
      beforeCounter: NOTHING,
      afterCounter: Buffer.concat([labelled(label), context, LENGTH_IN_BITS]),
      counterLengthInBytes: 4,
      lengthInBytes: PRF_OUTPUT_BYTES,
    }),
  );
}

const labels = new Map<KdfLabel, Buffer>();

/** label ‖ 0x00, the same bytes each time. */
function labelled(label: KdfLabel): Buffer {
  const known = labels.get(label) ?? Buffer.from(`${label}\0`);
  labels.set(label, known);
  return known;
}

/** Length-prefixed texts (UTF-8, 32-bit lengths): two different lists never have the same encoding. */
export function encodeTexts(...texts: readonly string[]): Uint8Array {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const encoded = Buffer.alloc(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let offset = 0;
  for (const [index, text] of texts.entries()) {
    offset = encoded.writeUInt32BE(lengths[index] ?? 0, offset);
    offset += encoded.write(text, offset);
  }
  return encoded;
}
