/**
 * Frames on the HSM's socket: many pending requests at once, and many frames per system call.
 *
 *   length (4, of what follows) ‖ request id (4) ‖ kind (1) ‖ body          integers big-endian
 *
 * Frames that are sent within one turn of the event loop are put into one buffer and written together. Buffers that
 * contained frames are wiped once they are written or split.
 */
import type { Socket } from 'node:net';
import { type Codec, Writer } from './codec.ts';

const LENGTH_BYTES = 4;
const PREFIX_BYTES = 5;

/**
 * Limits the memory that one message takes on the other side. The largest legitimate message is a re-encryption with
 * two encryption contexts, each no larger than a request's body.
 */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

export interface Frame {
  readonly requestId: number;
  readonly kind: number;
  readonly body: Buffer;
}

/** As much as frames of one turn usually have; a larger buffer is not used again. */
const BATCH_BYTES = 64 * 1024;

export class FrameSender {
  readonly #socket: Socket;
  #batch = new Writer(Buffer.allocUnsafeSlow(BATCH_BYTES));
  /** A buffer whose bytes were written and wiped. */
  #spare: Buffer | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Copies `body` and wipes it. @throws RangeError when it is too large for a frame. */
  send({ requestId, kind, body }: Frame): void {
    this.#write(requestId, kind, (to) => to.bytes(body));
    body.fill(0);
  }

  /** @throws RangeError when the value is too large for a frame, and what the codec throws; then nothing is sent */
  sendValue<T>(requestId: number, kind: number, codec: Codec<T>, value: T): void {
    this.#write(requestId, kind, (to) => codec.write(to, value));
  }

  #write(requestId: number, kind: number, writeBody: (to: Writer) => void): void {
    const batch = this.#batch;
    const start = batch.length;
    try {
      batch.room(LENGTH_BYTES + PREFIX_BYTES);
      writeBody(batch);
      const length = batch.length - start - LENGTH_BYTES;
      if (length > MAX_FRAME_BYTES) throw new RangeError(`message of ${length} bytes is too large for a frame`);
      const frame = batch.at(start);
      frame.writeUInt32BE(length, 0);
      frame.writeUInt32BE(requestId, LENGTH_BYTES);
      frame[LENGTH_BYTES + 4] = kind;
    } catch (error) {
      batch.truncate(start);
      throw error;
    }
    if (start === 0) setImmediate(() => this.flush());
  }

  /** Writes the queued frames now instead of at the end of the turn. */
  flush(): void {
    const batch = this.#batch.at(0);
    if (batch.length === 0) return;
    if (!this.#socket.writable) {
      this.#batch.truncate(0);
      return;
    }
    this.#batch = new Writer(this.#spare ?? Buffer.allocUnsafeSlow(BATCH_BYTES));
    this.#spare = undefined;
    this.#socket.write(batch, () => {
      batch.fill(0);
      if (batch.buffer.byteLength === BATCH_BYTES) this.#spare = Buffer.from(batch.buffer);
    });
  }
}

/** Splits a stream into frames. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  #chunks: Buffer[] = [];
  #buffered = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes ownership of `chunk`. @throws RangeError when a frame's length is out of bounds */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered < LENGTH_BYTES || this.#buffered < this.#awaited()) return;
    const stream = this.#join();
    let offset = 0;
    while (stream.length - offset >= LENGTH_BYTES) {
      const length = frameLength(stream, offset);
      const end = offset + LENGTH_BYTES + length;
      if (end > stream.length) break;
      // A copy per frame, so that its receiver can keep or wipe it without affecting the next frame.
      const frame = Buffer.alloc(length);
      stream.copy(frame, 0, offset + LENGTH_BYTES, end);
      offset = end;
      this.#onFrame({
        requestId: frame.readUInt32BE(0),
        kind: frame[4] ?? 0,
        body: frame.subarray(PREFIX_BYTES),
      });
    }
    const rest = Buffer.from(stream.subarray(offset));
    stream.fill(0);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#buffered = rest.length;
  }

  /** Bytes needed until the first frame is complete; a frame in many chunks is joined once, not once per chunk. */
  #awaited(): number {
    const [first] = this.#chunks;
    return first && first.length >= LENGTH_BYTES ? LENGTH_BYTES + frameLength(first, 0) : LENGTH_BYTES;
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    if (this.#chunks.length === 1 && only) return only;
    const joined = Buffer.concat(this.#chunks);
    wipeAll(this.#chunks);
    return joined;
  }
}

function frameLength(stream: Buffer, offset: number): number {
  const length = stream.readUInt32BE(offset);
  if (length < PREFIX_BYTES || length > MAX_FRAME_BYTES)
    throw new RangeError(`frame length ${length} is out of bounds`);
  return length;
}

function wipeAll(buffers: readonly Buffer[]): void {
  for (const buffer of buffers) buffer.fill(0);
}
