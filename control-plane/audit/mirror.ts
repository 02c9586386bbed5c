/**
 * A request is answered only with its audit record: the store's write has a deadline and, if a second sink is
 * configured, the record must be on its disk too. If either fails or takes too long, the request is refused.
 *
 * The second sink gets a record after the database has committed it, so it never records what did not happen. After a
 * crash or a failure of the second sink, the database alone can hold the newest records; their requests were not
 * answered. While the second sink is known to fail, requests are refused before they change anything. See
 * docs/decisions/0016.
 */
import { type FileHandle, open, rm, stat, writeFile } from 'node:fs/promises';
import type { AuditRecord } from '../domain/audit/audit-record.ts';
import { Deadline } from '../runtime/deadline.ts';
import { type Store, StoreUnavailable, type Write } from '../storage/port/store.ts';

export interface SinkSettings {
  /** How long a write can take, in the database and in the second sink each. */
  readonly deadlineMs: number;
  readonly mirror?: AuditMirror;
  /** Told of a full disk. */
  readonly onFull?: (error: StoreUnavailable) => void;
  /** Told of each write that succeeded. */
  readonly onWritten?: () => void;
}

/** The store, as the pipeline and the jobs use it. */
export function withAuditSinks(store: Store, { deadlineMs, mirror, onFull, onWritten }: SinkSettings): Store {
  const late = (what: string) =>
    new Deadline(deadlineMs, () => new StoreUnavailable(`${what} did not answer within ${deadlineMs} ms`));
  const [database, second] = [late('the database'), late('the audit mirror')];
  const failed = (error: unknown): unknown => {
    if (error instanceof StoreUnavailable && error.fault === 'disk-full') onFull?.(error);
    return error;
  };
  return {
    ...store,
    async write(write: Write): Promise<void> {
      const audited = mirror !== undefined && write.audit.length > 0;
      try {
        if (audited && mirror.failed) await second.within(mirror.append([]));
        await database.within(store.write(write));
        if (audited) await second.within(mirror.append(write.audit));
      } catch (error) {
        throw failed(error);
      }
      onWritten?.();
    },
    async ping(): Promise<void> {
      try {
        await database.within(store.ping());
        if (mirror) await second.within(mirror.append([]));
      } catch (error) {
        throw failed(error);
      }
      onWritten?.();
    },
  };
}

/** As much as a file system gives at once. */
const PROBE_BYTES = 4096;

interface Waiting {
  readonly lines: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A file to which every record is appended, one JSON document per line, synced before the append resolves; appends that
 * arrive during a sync share the next one. If the file was moved away (log rotation), a new one is begun.
 */
export class AuditMirror {
  readonly #path: string;
  #file: FileHandle | undefined;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #failed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether the last append failed. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Without records it only tests whether the file can be written and its disk has room. @throws StoreUnavailable */
  append(records: readonly AuditRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines: records.map((record) => `${JSON.stringify(record)}\n`).join(''), resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#close();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(group.map(({ lines }) => lines).join(''));
        this.#failed = false;
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#failed = true;
        await this.#close().catch(() => undefined);
        const { message, code } = error as NodeJS.ErrnoException;
        const fault = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : undefined;
        const failure = `the audit mirror cannot be written: ${message}`;
        for (const { reject } of group) reject(new StoreUnavailable(failure, fault));
      }
    }
    // Cleared here and not when the promise settles: nothing would write an append that comes in between.
    this.#flushing = undefined;
  }

  async #write(text: string): Promise<void> {
    if (this.#file && !(await this.#isCurrent(this.#file))) await this.#close();
    this.#file ??= await openAtNewLine(this.#path);
    if (text === '') return requireRoom(`${this.#path}.probe`);
    await this.#file.appendFile(text);
    await this.#file.datasync();
  }

  async #isCurrent(file: FileHandle): Promise<boolean> {
    const [ours, named] = await Promise.all([file.stat(), stat(this.#path).catch(() => undefined)]);
    return named !== undefined && named.ino === ours.ino && named.dev === ours.dev;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

/** Writing nothing succeeds on a full disk, so a file beside the mirror is written and removed. */
async function requireRoom(probe: string): Promise<void> {
  try {
    await writeFile(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600, flush: true });
  } finally {
    await rm(probe, { force: true });
  }
}

/** A crash or a full disk can have ended the file in the middle of a line. */
async function openAtNewLine(path: string): Promise<FileHandle> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    if (size > 0 && buffer[0] !== 0x0a) await file.appendFile('\n');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
