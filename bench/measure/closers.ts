/** What a session has started and written, undone in reverse order, also when preparing it fails halfway. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Closers {
  add(close: () => Promise<unknown>): void;
  /** Makes a directory that is removed at the end. */
  directory(): Promise<string>;
  close(): Promise<void>;
}

export async function withClosers<T>(prepare: (closers: Closers) => Promise<T>): Promise<T> {
  const closers = createClosers();
  try {
    return await prepare(closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function createClosers(): Closers {
  const closes: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => {
      closes.push(close);
    },
    directory: async () => {
      const made = await mkdtemp(join(tmpdir(), 'keystead-bench-'));
      closes.push(() => rm(made, { recursive: true, force: true }));
      return made;
    },
    close: async () => {
      for (let close = closes.pop(); close; close = closes.pop()) await close();
    },
  };
}
