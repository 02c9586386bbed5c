import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import { type Store, StoreUnavailable, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { needs } from '../../support/needs.ts';
import { query } from '../../support/postgres.ts';
import { allChanges, makePlaces, type Places, testClock, verifiedRecords } from '../../support/storage/engines.ts';
import { aChange, aRecord } from '../../support/storage/rows.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

const ATTEMPTS = 200;

/** Waits until the engine has reconnected by itself, one connection after the other. */
async function recovered(store: Store): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      await store.write({ mutations: [], changes: [aChange()], audit: [aRecord()] });
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await sleep(20);
    }
  }
  throw new Error('the store did not recover');
}

test('killing PostgreSQL under load loses no acknowledged write, and the store recovers after its restart', async () => {
  const store = await (await places.create('postgres')).open();
  const acknowledged: string[] = [];
  const refusals: unknown[] = [];
  let killed: Promise<void> | undefined;
  const writer = async (index: number) => {
    for (let count = 0; refusals.length === 0; count += 1) {
      const name = `${index}-${count}`;
      const row = { name, value: '' };
      try {
        await store.write({
          mutations: [{ op: 'insert', table: 'meta', row }],
          changes: [aChange({ resourceId: name })],
          audit: [aRecord()],
        });
        acknowledged.push(name);
      } catch (error) {
        refusals.push(error);
      }
      if (acknowledged.length >= 100) killed ??= places.server.kill();
    }
  };
  await Promise.all(Array.from({ length: 6 }, (_, index) => writer(index)));
  await killed;
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(StoreUnavailable);
  await expect(store.ping()).rejects.toThrow(StoreUnavailable);
  await expect(store.findMeta('0-0')).rejects.toThrow(StoreUnavailable);

  await places.server.restart();
  await recovered(store);
  for (const name of acknowledged) expect(await store.findMeta(name)).toBeDefined();
  const changes = await allChanges(store);
  expect(changes.map((change) => change.sequence)).toEqual(changes.map((_, index) => index + 1));
  expect(await verifiedRecords(store)).toBe(changes.length);
});

test('connections that the server closes are replaced, and their audit chains stay intact', async () => {
  const place = await places.create('postgres');
  const store = await place.open();
  const record = () => store.write({ mutations: [], changes: [], audit: [aRecord()] });
  for (let round = 0; round < 3; round += 1) {
    await record();
    await query(
      place.database,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'keystead' and datname = current_database()",
    );
    await recovered(store);
  }
  expect(await verifiedRecords(store)).toBe(6);
  expect((await store.listAuditChains()).length).toBeGreaterThan(1);
});

test('a commit whose wait for the synchronous standby is cancelled is not acknowledged', async () => {
  const place = await places.create('postgres');
  const store = await place.open();
  await store.write({ mutations: [], changes: [], audit: [aRecord()] });
  await query(place.database, "alter system set synchronous_standby_names = 'nobody'");
  await query(place.database, 'select pg_reload_conf()');
  await sleep(200);
  try {
    const refused = expect(store.write({ mutations: [], changes: [], audit: [aRecord()] })).rejects.toThrow(
      StoreUnavailable,
    );
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [waiting] = await query(
        place.database,
        "select pg_cancel_backend(pid) as cancelled from pg_stat_activity where wait_event = 'SyncRep' and datname = current_database()",
      );
      if (waiting) break;
      await sleep(20);
    }
    await refused;
  } finally {
    await query(place.database, 'alter system reset synchronous_standby_names');
    await query(place.database, 'select pg_reload_conf()');
  }
  await recovered(store);
  await verifiedRecords(store);
});

test('a chain whose end another client has moved is never written to again', async () => {
  const place = await places.create('postgres');
  const store = await place.open();
  await store.write({ mutations: [], changes: [], audit: [aRecord()] });
  await place.tamper('update audit_chains set last_sequence = 5');
  await expect(store.write({ mutations: [], changes: [], audit: [aRecord()] })).rejects.toThrow(StoreUnavailable);
  await recovered(store);
  expect(await store.listAuditChains()).toMatchObject([{ lastSequence: 5 }, { lastSequence: 1 }]);
});

test('two servers race for one row like two requests on one server', async () => {
  const place = await places.create('postgres');
  const stores = [await place.open(), await place.open()];
  const row = { name: 'contested', value: '' };
  const results = await Promise.allSettled(
    stores.map((store) => store.write({ mutations: [{ op: 'insert', table: 'meta', row }], changes: [], audit: [] })),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toBeInstanceOf(WriteConflict);
});

test('an unreachable server is reported as unavailable at once', async () => {
  const database = 'postgres://keystead@127.0.0.1:1/keystead';
  await expect(openStore({ database, dataDir: '/nonexistent', clock: testClock })).rejects.toThrow(StoreUnavailable);
});
