/**
 * The stored form of a root key that was rotated: its generations, and the identity that the installation has from the
 * first one, which stays when that generation is removed (integers big-endian):
 *
 *   bytes  field
 *       1  version           0x02
 *       1  number            of generations, 1–32
 *      16  fingerprint       of the first generation
 *      32  checkpoint key    Ed25519 seed, derived from the first generation
 *       8  removed at        milliseconds since the epoch; 0: no generation was removed
 *   1 + a  removed by        length, UTF-8
 *          then each generation, oldest first:
 *       4    generation
 *       8    created at      milliseconds since the epoch; 0 for the first generation
 *   1 + b    created by      length, UTF-8
 *      32    root key
 *      32  SHA-256 of all bytes before it, against a damaged or cut-off file
 *
 * Frozen by test/vectors/root-key-generations.json.
 */
import { createHash } from 'node:crypto';
import { type Generation, RootKeys } from '../crypto/root-keys.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';

const VERSION = 2;
const FINGERPRINT_BYTES = 16;
const KEY_BYTES = 32;
const DIGEST_BYTES = 32;
const MAX_TEXT_BYTES = 60;
/** The file of so many generations is read whole (private-file.ts). */
export const MAX_GENERATIONS = 32;

/** The caller wipes the result. @throws RangeError for more generations than fit */
export function encodeGenerations({ generations, installation, removal }: RootKeys): Buffer {
  if (generations.length > MAX_GENERATIONS) throw new RangeError('a root key has at most 32 generations');
  const parts: Buffer[] = [
    Buffer.of(VERSION, generations.length),
    Buffer.from(installation.fingerprint, 'hex'),
    copyOf(installation.checkpointKey),
    uint64(removal?.removedAtMs ?? 0),
    text(removal?.removedBy ?? ''),
  ];
  for (const { generation, origin, rootKey } of generations) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(generation);
    parts.push(number, uint64(origin?.createdAtMs ?? 0), text(origin?.createdBy ?? ''), copyOf(rootKey));
  }
  const body = Buffer.concat(parts);
  for (const part of parts) part.fill(0);
  const whole = Buffer.concat([body, digestOf(body)]);
  body.fill(0);
  return whole;
}

/** @returns undefined for bytes that are not this form; the caller wipes them in any case */
export function parseGenerations(bytes: Buffer): RootKeys | undefined {
  const body = bytes.subarray(0, -DIGEST_BYTES);
  if (body[0] !== VERSION || !digestOf(body).equals(bytes.subarray(-DIGEST_BYTES))) return undefined;
  const from = new Fields(body.subarray(1));
  try {
    const number = from.take(1).readUInt8();
    const fingerprint = from.take(FINGERPRINT_BYTES).toString('hex');
    const checkpointKey = from.secret();
    const [removedAtMs, removedBy] = [from.uint64(), from.text()];
    const generations = Array.from({ length: number }, () => from.generation());
    if (!from.isEmpty || !isAscending(generations)) return undefined;
    const removal = removedAtMs === 0 ? undefined : { removedAtMs, removedBy };
    return new RootKeys(generations, { fingerprint, checkpointKey }, removal);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Fields {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  get isEmpty(): boolean {
    return this.#rest.length === 0;
  }

  /** @throws RangeError */
  take(length: number): Buffer {
    if (length > this.#rest.length) throw new RangeError('the root key is cut off');
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  secret(): SecretBytes {
    return new SecretBytes(Uint8Array.from(this.take(KEY_BYTES)));
  }

  uint64(): number {
    return Number(this.take(8).readBigUInt64BE());
  }

  text(): string {
    return this.take(this.take(1).readUInt8()).toString('utf8');
  }

  generation(): Generation {
    const generation = this.take(4).readUInt32BE();
    const [createdAtMs, createdBy] = [this.uint64(), this.text()];
    return { generation, rootKey: this.secret(), ...(createdAtMs > 0 && { origin: { createdAtMs, createdBy } }) };
  }
}

const isAscending = (generations: readonly Generation[]): boolean =>
  generations.length > 0 &&
  generations.every(({ generation }, i) => generation > (generations[i - 1]?.generation ?? 0));

const digestOf = (body: Uint8Array): Buffer => createHash('sha256').update(body).digest();

const copyOf = (secret: SecretBytes): Buffer => secret.use((bytes) => Buffer.from(bytes));

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** A longer one is cut off. */
function text(value: string): Buffer {
  const bytes = Buffer.from(Buffer.from(value).subarray(0, MAX_TEXT_BYTES).toString('utf8'));
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}
