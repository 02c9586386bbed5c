/**
 * Seals segments in a thread of its own, so that neither requests nor commits wait for it. The thread starts with the
 * first segment, and again with the next one after it ended.
 */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { programFile } from '../../runtime/program-files.ts';
import type { SegmentRow } from './format.ts';
import type { Sealed } from './seal.ts';

export interface SealRequest {
  readonly id: number;
  readonly segments: readonly SegmentRow[];
  readonly grade: 1 | 2;
}

export interface SealReply {
  readonly id: number;
  readonly sealed: Sealed;
}

interface Waiting {
  resolve(sealed: Sealed): void;
  reject(error: Error): void;
}

export class SealThread {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  seal(segments: readonly SegmentRow[], grade: 1 | 2): Promise<Sealed> {
    this.#worker ??= this.#start();
    this.#lastId += 1;
    const request: SealRequest = { id: this.#lastId, segments, grade };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker?.postMessage(request);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(pathToFileURL(programFile('storage/segments/seal-worker.ts')));
    // A server that ends does not wait for it: what is not sealed stays as it is.
    worker.unref();
    let failure = 'it ended';
    worker.on('message', ({ id, sealed: { row, terms } }: SealReply) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.resolve({ row: { ...row, links: asBuffer(row.links), records: asBuffer(row.records) }, terms });
    });
    worker.on('error', (error: Error) => {
      failure = error.message;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(new Error(`sealing audit records failed: ${failure}`));
      this.#waiting.clear();
    });
    return worker;
  }
}

/** Between threads, a Buffer becomes a plain array of bytes. */
const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
