import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { verifyChain } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import type { Mutation, Store } from '@keystead/control-plane/storage/port/store.ts';
import { WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import type { SegmentRecord } from '@keystead/control-plane/storage/segments/format.ts';
import { needs } from '../../support/needs.ts';
import {
  allChanges,
  auditRecords,
  engines,
  makePlaces,
  type Place,
  type Places,
  verifiedRecords,
} from '../../support/storage/engines.ts';
import { aChange, account, aGrant, aKey, aRecord, region, startMs } from '../../support/storage/rows.ts';
import { arrangeAll, rewriteChain } from '../../support/storage/segments.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

const recordsAlone = (store: Store, count: number) =>
  Array.from({ length: count }, () => store.write({ mutations: [], changes: [], audit: [aRecord()] }));

/** Several servers can use PostgreSQL at once; a SQLite database has one server. */
async function openNodes(engine: (typeof engines)[number], place: Place): Promise<Store[]> {
  return engine === 'sqlite' ? [await place.open()] : Promise.all([place.open(), place.open(), place.open()]);
}

describe.each(engines)('under concurrent load, %s', (engine) => {
  test('numbers changes without gaps or repetitions, and records each committed write once and no others', async () => {
    const nodes = await openNodes(engine, await places.create(engine));
    const row = (index: number): Mutation => ({
      op: 'insert',
      table: 'meta',
      row: { name: `row-${index % 40}`, value: '' },
    });
    const writes = nodes.flatMap((store) =>
      Array.from({ length: 120 }, (_, index) =>
        store.write({ mutations: [row(index)], changes: [aChange(), aChange()], audit: [aRecord()] }),
      ),
    );
    const others = nodes.flatMap((store) => recordsAlone(store, 200));
    const results = await Promise.allSettled(writes);
    await Promise.all(others);
    const committed = results.filter((result) => result.status === 'fulfilled').length;
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(WriteConflict);
    expect(committed).toBe(40);
    for (const store of nodes) {
      const sequences = (await allChanges(store)).map((change) => change.sequence);
      expect(sequences).toEqual(Array.from({ length: committed * 2 }, (_, index) => index + 1));
      expect(await verifiedRecords(store)).toBe(committed + 200 * nodes.length);
    }
  });

  test('shows a follower every change in order', async () => {
    const nodes = await openNodes(engine, await places.create(engine));
    const seen: number[] = [];
    let writing = true;
    const follow = async (store: Store) => {
      for (let finished = false; !finished; ) {
        finished = !writing;
        const { rows } = await store.listChanges({ after: seen.at(-1) ?? 0, limit: 50 });
        seen.push(...rows.map((change) => change.sequence));
        if (rows.length === 50) finished = false;
        await nextTurn();
      }
    };
    const [first = nodes[0]] = nodes;
    if (!first) throw new Error('no node');
    const following = follow(first);
    await Promise.all(
      nodes.flatMap((store) =>
        Array.from({ length: 60 }, () => store.write({ mutations: [], changes: [aChange()], audit: [aRecord()] })),
      ),
    );
    writing = false;
    await following;
    expect(seen).toEqual(Array.from({ length: 60 * nodes.length }, (_, index) => index + 1));
  });

  test('leaves no grant on a key that is deleted while grants are created', async () => {
    const nodes = await openNodes(engine, await places.create(engine));
    const [first = nodes[0], other = first] = nodes;
    if (!first || !other) throw new Error('no node');
    for (let round = 0; round < 10; round += 1) {
      const key = { account_id: account, region, key_id: randomUUID() };
      await first.write({ mutations: [{ op: 'insert', table: 'keys', row: aKey(key) }], changes: [], audit: [] });
      const grants = Array.from({ length: 8 }, () =>
        other.write({
          mutations: [
            { op: 'require', table: 'keys', key, revision: 1 },
            { op: 'insert', table: 'grants', row: aGrant({ key_id: key.key_id }) },
          ],
          changes: [aChange({ resourceType: 'grant' })],
          audit: [aRecord()],
        }),
      );
      const deletion = first.write({
        mutations: [
          { op: 'delete', table: 'keys', key, revision: 1 },
          { op: 'deleteAll', table: 'grants', where: key },
        ],
        changes: [aChange({ kind: 'deleted' })],
        audit: [aRecord()],
      });
      await Promise.allSettled(grants);
      await deletion;
      expect(await first.countGrants(account, region, key.key_id)).toBe(0);
    }
  });

  test.each([
    ['an edited record', 'edited', (record) => (record.sequence === 7 ? [{ ...record, recordJson: '{}' }] : [record])],
    ['a removed record', 'missing', (record) => (record.sequence === 7 ? [] : [record])],
    ['a removed end', 'missing', (record) => (record.sequence > 6 ? [] : [record])],
    ['a renumbered record', 'missing', (record) => [record.sequence === 7 ? { ...record, sequence: 1000 } : record]],
  ] as readonly (readonly [string, string, (record: SegmentRecord) => readonly SegmentRecord[]])[])(
    'finds %s, in records as they were written and after they were arranged',
    async (_, kind, edit) => {
      const place = await places.create(engine);
      const store = await place.open();
      await Promise.all(recordsAlone(store, 60));
      expect(await verifiedRecords(store)).toBe(60);
      const chain = (await store.listAuditChains()).find(({ lastSequence }) => lastSequence > 10);
      if (!chain) throw new Error('no chain is long enough');
      await rewriteChain(place.direct, chain.chainId, (records) => records.flatMap(edit));
      const faults = async () => verifyChain(chain, auditRecords(store, chain.chainId));
      expect(await faults()).toMatchObject({ verified: 6, fault: { kind, sequence: 7 } });
      expect(await arrangeAll(store, startMs + 3_600_000)).toBeGreaterThan(0);
      expect(await faults()).toMatchObject({ verified: 6, fault: { kind, sequence: 7 } });
    },
  );

  test('continues its audit log after a restart', async () => {
    const place = await places.create(engine);
    const before = await place.open();
    await Promise.all(recordsAlone(before, 5));
    await before.close();
    const after = await place.open();
    await Promise.all(recordsAlone(after, 5));
    expect(await verifiedRecords(after)).toBe(10);
    if (engine === 'sqlite') expect(await after.listAuditChains()).toHaveLength(1);
  });
});
