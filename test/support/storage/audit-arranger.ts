/**
 * Writes audit records and arranges the log, at once, until it kills itself: some milliseconds after so many steps, so
 * that it dies within a step on a slow machine and on a fast one. Appends the eventID of each acknowledged record to a
 * file, on a line of its own. Arguments: database, data directory, steps, milliseconds, file.
 */
import { openSync, writeSync } from 'node:fs';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import { aRecord } from './rows.ts';

const WRITERS = 4;
const [database = '', dataDir = '', steps = '1', milliseconds = '0', path = ''] = process.argv.slice(2);
// Not standard output: a pipe that is full refuses what is written.
const file = openSync(path, 'a');
const store = await openStore({ database, dataDir, clock: systemClock });

async function writer(): Promise<void> {
  for (;;) {
    const eventTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const record = aRecord({ eventTime, userIdentity: { type: 'IAMUser', userName: 'ada' } });
    await store.write({ mutations: [], changes: [], audit: [record] });
    writeSync(file, `${record.eventID}\n`);
  }
}

let stepsLeft = Number(steps);

function stepDone(): void {
  stepsLeft -= 1;
  if (stepsLeft === 0) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(milliseconds));
}

async function arranger(): Promise<void> {
  for (;;) {
    for (const chainId of await store.listAuditToArrange(Date.now(), 10)) {
      for (let step = 0; step < 16; step += 1) {
        if (await store.arrangeAudit({ chainId, nowMs: Date.now() })) stepDone();
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

await Promise.all([arranger(), ...Array.from({ length: WRITERS }, writer)]);
