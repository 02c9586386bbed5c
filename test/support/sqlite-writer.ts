/**
 * Writes to a SQLite store until it is killed or refused, and prints the name of each acknowledged write on a line of
 * its own. Arguments: data directory, prefix of the names. Prints `refused` and waits for a line on stdin at the first
 * write that the store could not commit, then tries again until one is committed.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import { StoreUnavailable } from '@keystead/control-plane/storage/port/store.ts';
import { aChange, aRecord } from './storage/rows.ts';

const WRITERS = 8;
const [dataDir = '', prefix = ''] = process.argv.slice(2);
const store = await openStore({ database: 'sqlite', dataDir, clock: systemClock });

let refused: Promise<unknown> | undefined;

/** Writes directly to the descriptor, so that a printed line is not lost when this process is killed. */
function print(line: string): void {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full until its reader runs.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

async function writer(index: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const name = `${prefix}-${index}-${count}`;
    const row = { name, value: 'x'.repeat(2_000) };
    try {
      await store.write({
        mutations: [{ op: 'insert', table: 'meta', row }],
        changes: [aChange({ resourceId: name })],
        audit: [aRecord()],
      });
      print(name);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (!refused) {
        print('refused');
        refused = once(process.stdin, 'data');
      }
      await refused;
    }
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index)));
