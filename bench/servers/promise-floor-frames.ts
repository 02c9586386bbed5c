/** Frames between the two processes of the promise floor: length (4) ‖ id (4) ‖ content, one write for each turn. */
import type { Socket } from 'node:net';

export class FrameBatch {
  readonly #socket: Socket;
  #frames: Buffer[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  add(id: number, content: Buffer): void {
    const head = Buffer.allocUnsafe(8);
    head.writeUInt32BE(content.length, 0);
    head.writeUInt32BE(id, 4);
    if (this.#frames.length === 0) setImmediate(() => this.#flush());
    this.#frames.push(head, content);
  }

  #flush(): void {
    this.#socket.write(Buffer.concat(this.#frames));
    this.#frames = [];
  }
}

/** @returns a listener for the chunks of a stream */
export function framesOf(onFrame: (id: number, content: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let offset = 0;
    while (bytes.length - offset >= 8) {
      const end = offset + 8 + bytes.readUInt32BE(offset);
      if (end > bytes.length) break;
      onFrame(bytes.readUInt32BE(offset + 4), bytes.subarray(offset + 8, end));
      offset = end;
    }
    rest = Buffer.from(bytes.subarray(offset));
  };
}
