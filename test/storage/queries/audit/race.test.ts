/** A step of arranging that was planned before another server changed the same records: it changes nothing. */
import { join } from 'node:path';
import { GrowingTree, leafHash } from '@keystead/control-plane/domain/audit/merkle.ts';
import type { Store } from '@keystead/control-plane/storage/port/store.ts';
import { arrangement } from '@keystead/control-plane/storage/queries/audit/arrange.ts';
import { sqliteDialect } from '@keystead/control-plane/storage/queries/dialect.ts';
import type { RunQuery } from '@keystead/control-plane/storage/queries/prepared.ts';
import { seal } from '@keystead/control-plane/storage/segments/seal.ts';
import Database from 'better-sqlite3';
import { needs } from '../../../support/needs.ts';
import { makePlaces, type Place, type Places, verifiedRecords } from '../../../support/storage/engines.ts';
import { aRecord, startMs } from '../../../support/storage/rows.ts';

needs('postgres');

let places: Places;
let place: Place;
let store: Store;
let database: Database.Database;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());
beforeEach(async () => {
  place = await places.create('sqlite');
  store = await place.open();
  database = new Database(join(place.dataDir, 'keystead.db'));
});
afterEach(() => database.close());

const db = sqliteDialect.queries;
const later = startMs + 3_600_000;
const run: RunQuery = async <Row>({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) =>
  database.prepare(sql).all(...parameters) as readonly Row[];

const add = async (count: number) => {
  for (let i = 0; i < count; i += 1) await store.write({ mutations: [], changes: [], audit: [aRecord()] });
};
const chain = async () => {
  const [head] = await store.listAuditChains();
  if (!head) throw new Error('no chain');
  return head;
};

/** Plans a step; the other server's change comes before its commit. @returns whether the step is committed */
async function raced(change: () => Promise<unknown>): Promise<boolean> {
  const { chainId } = await chain();
  const statements = await arrangement(db, run, { chainId, nowMs: later }, async (segments, grade) => {
    await change();
    return seal(segments, grade);
  });
  if (!statements) throw new Error('there was nothing to arrange');
  database.exec('begin immediate');
  for (const { query, mustTouch } of statements) {
    const { sql, parameters } = query.compile();
    const statement = database.prepare(sql);
    const touched = statement.reader ? statement.all(...parameters).length : statement.run(...parameters).changes;
    if (mustTouch && touched === 0) {
      database.exec('rollback');
      return false;
    }
  }
  database.exec('commit');
  return true;
}

test('without another change, the step is committed', async () => {
  await add(5);
  expect(await raced(async () => undefined)).toBe(true);
  expect(await verifiedRecords(store)).toBe(5);
});

test('records that were pruned meanwhile do not come back', async () => {
  await add(5);
  const prune = async () => {
    const { chainId } = await chain();
    const { rows } = await store.listAuditLinks(chainId, { after: 0, limit: 2 });
    const tree = GrowingTree.fromHex(0, []);
    for (const { hash } of rows) tree.append(leafHash(Buffer.from(hash, 'hex')));
    await store.pruneAudit(chainId, 0, { sequence: 2, hash: rows[1]?.hash ?? '', peaks: tree.peaks });
  };
  expect(await raced(prune)).toBe(false);
  const { rows } = await store.listAudit((await chain()).chainId, { after: 0, limit: 10 });
  expect(rows.map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
});

test('records that were arranged meanwhile are in one segment only', async () => {
  await add(5);
  const arrange = async () => store.arrangeAudit({ chainId: (await chain()).chainId, nowMs: later });
  expect(await raced(arrange)).toBe(false);
  expect(await verifiedRecords(store)).toBe(5);
});

test('a segment that was merged with earlier ones meanwhile keeps their records', async () => {
  // One small sealed segment, then two records that are not sealed, of which the other server merges the first only.
  await add(3);
  const { chainId } = await chain();
  await store.arrangeAudit({ chainId, nowMs: later });
  await add(2);
  const merge = async () => {
    const rows = (await place.select('select * from audit_segments order by last_sequence')) as Parameters<
      typeof seal
    >[0];
    const { row } = seal(rows.slice(0, 2), 1);
    const columns = Object.entries(row).filter(([name]) => name !== 'chain_id');
    await place.tamper('delete from audit_segments where last_sequence = 3');
    await place.tamper(
      `update audit_segments set ${columns.map(([name]) => `${name} = ?`)} where last_sequence = 4`,
      ...columns.map(([, value]) => value),
    );
  };
  expect(await raced(merge)).toBe(false);
  expect(await verifiedRecords(store)).toBe(5);
});
