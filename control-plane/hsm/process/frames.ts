/**
 * Frames on the HSM's socket: many pending requests at once, and many frames per system call.
 *
 *   length (4, of what follows) ‖ request id (4) ‖ kind (1) ‖ body          integers big-endian
 *
 * Frames that are sent within one turn of the event loop are written together. Buffers that contained frames are wiped
 * once they are written or split.
 */
import type { Socket } from 'node:net';

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

export class FrameSender {
  readonly #socket: Socket;
  #queued: Buffer[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Copies `body` and wipes it. @throws RangeError when it is too large for a frame. */
  send({ requestId, kind, body }: Frame): void {
    const length = PREFIX_BYTES + body.length;
    if (length > MAX_FRAME_BYTES) throw new RangeError(`message of ${length} bytes is too large for a frame`);
    const frame = Buffer.alloc(LENGTH_BYTES + length);
    frame.writeUInt32BE(length, 0);
    frame.writeUInt32BE(requestId, LENGTH_BYTES);
    frame[LENGTH_BYTES + 4] = kind;
    frame.set(body, LENGTH_BYTES + PREFIX_BYTES);
    body.fill(0);
    if (this.#queued.length === 0) setImmediate(() => this.flush());
    this.#queued.push(frame);
  }

  /** Writes the queued frames now instead of at the end of the turn. */
  flush(): void {
    const frames = this.#queued;
    if (frames.length === 0) return;
    this.#queued = [];
    if (!this.#socket.writable) {
      wipeAll(frames);
      return;
    }
    const [only] = frames;
    const batch = frames.length === 1 && only ? only : Buffer.concat(frames);
    this.#socket.write(batch, () => wipeAll([batch]));
    if (batch !== only) wipeAll(frames);
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
