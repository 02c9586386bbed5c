/** The audit log of an earlier version, whose server is killed again and again while it moves it into segments. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { needs } from '../../../support/needs.ts';
import { randomNumbers, seed } from '../../../support/random.ts';
import {
  auditRecords,
  engines,
  makePlaces,
  type Place,
  type Places,
  verifiedRecords,
} from '../../../support/storage/engines.ts';
import { aRecord, startMs } from '../../../support/storage/rows.ts';
import { arrangeAll, asEarlierVersion } from '../../../support/storage/segments.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

const KILLS = 6;
const OLD_RECORDS = 6000;
const program = join(import.meta.dirname, '../../../support/storage/audit-arranger.ts');

/** @returns the ids of the records that it acknowledged before it was killed */
async function killedAfter(place: Place, steps: number, milliseconds: number): Promise<readonly string[]> {
  const file = join(place.dataDir, 'acknowledged');
  const args = [program, place.database, place.dataDir, String(steps), String(milliseconds), file];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  // A last line can be cut.
  return lines.filter((line) => line.length === 36);
}

test.each(engines)(
  'loses and repeats no record on %s',
  async (engine) => {
    const random = randomNumbers(seed);
    const place = await places.create(engine);
    const older = await place.open();
    const old = Array.from({ length: OLD_RECORDS }, () => aRecord());
    for (let at = 0; at < old.length; at += 500) {
      await older.write({ mutations: [], changes: [], audit: old.slice(at, at + 500) });
    }
    await asEarlierVersion(place, older);
    await older.close();
    const acknowledged = new Set(old.map(({ eventID }) => eventID));
    const rowsLeft: number[] = [];
    // A step can also merge what was written meanwhile, and move nothing.
    for (let kill = 0; kill < KILLS || (new Set(rowsLeft).size < 4 && kill < 10 * KILLS); kill += 1) {
      for (const id of await killedAfter(place, 2 + random(3), random(6))) acknowledged.add(id);
      const [{ rows }] = (await place.select('select count(*) as rows from audit_log')) as [{ rows: number }];
      rowsLeft.push(rows);
    }
    // It goes on where it was killed.
    expect(rowsLeft).toEqual(rowsLeft.toSorted((a, b) => b - a));
    expect(new Set(rowsLeft).size).toBeGreaterThan(3);
    const store = await place.open();
    await arrangeAll(store, Date.now() + 3_600_000);
    const seen = new Map<string, number>();
    for (const { chainId } of await store.listAuditChains()) {
      for await (const { recordJson } of auditRecords(store, chainId)) {
        const { eventID } = JSON.parse(recordJson) as AuditRecord;
        seen.set(eventID, (seen.get(eventID) ?? 0) + 1);
      }
    }
    expect([...acknowledged].filter((id) => seen.get(id) !== 1)).toEqual([]);
    expect(await verifiedRecords(store)).toBe([...seen.values()].reduce((a, b) => a + b, 0));
    expect([...seen.values()].every((count) => count === 1)).toBe(true);
    expect(acknowledged.size).toBeGreaterThan(OLD_RECORDS);
    const found = await store.lookupAudit({
      accountId: aRecord().recipientAccountId,
      userName: 'ada',
      fromMs: startMs,
      limit: 50,
    });
    expect(found.records).toHaveLength(50);
  },
  300_000,
);
