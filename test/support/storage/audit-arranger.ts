/**
 * Writes audit records and arranges the log, at once, until it is killed; prints the eventID of each acknowledged record
 * on a line of its own. Arguments: database, data directory.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import { aRecord } from './rows.ts';

const WRITERS = 4;
const [database = '', dataDir = ''] = process.argv.slice(2);
const store = await openStore({ database, dataDir, clock: systemClock });

async function writer(): Promise<void> {
  for (;;) {
    const eventTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const record = aRecord({ eventTime, userIdentity: { type: 'IAMUser', userName: 'ada' } });
    await store.write({ mutations: [], changes: [], audit: [record] });
    writeSync(1, `${record.eventID}\n`);
  }
}

async function arranger(): Promise<void> {
  for (;;) {
    for (const chainId of await store.listAuditToArrange(Date.now(), 10)) {
      for (let step = 0; step < 16; step += 1) await store.arrangeAudit({ chainId, nowMs: Date.now() });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

console.log('open');
await Promise.all([arranger(), ...Array.from({ length: WRITERS }, writer)]);
