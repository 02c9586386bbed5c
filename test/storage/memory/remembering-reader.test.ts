/**
 * Stores that remember against one that does not, over the same database: whatever was written by any of them, and
 * whatever is looked up meanwhile, all say the same. A failing run prints its seed; KEYSTEAD_TEST_SEED=<seed> replays it.
 */
import { touchedRows } from '@keystead/control-plane/storage/memory/remembering-reader.ts';
import type { ReadOnlyStore } from '@keystead/control-plane/storage/open.ts';
import {
  type Mutation,
  type Store,
  type StoreReader,
  WriteConflict,
} from '@keystead/control-plane/storage/port/store.ts';
import { needs } from '../../support/needs.ts';
import { randomNumbers, seed } from '../../support/random.ts';
import { makePlaces, type Places } from '../../support/storage/engines.ts';
import {
  account,
  aGrant,
  aKey,
  aKeySet,
  aKeyStore,
  aMaterial,
  anAccessKey,
  anAccount,
  anAlias,
  anImportedMaterial,
  aPrincipal,
  aRecord,
  region,
} from '../../support/storage/rows.ts';

needs('postgres');

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

interface Nodes {
  readonly stores: readonly Store[];
  readonly uncached: ReadOnlyStore;
}

async function nodesOn(engine: 'sqlite' | 'postgres', count: number): Promise<Nodes> {
  const place = await places.create(engine);
  const stores: Store[] = [];
  while (stores.length < count) stores.push(await place.open());
  const [first] = stores;
  const row = anAccount({ account_id: account });
  if (first) await write(first, { op: 'insert', table: 'accounts', row });
  return { stores, uncached: await place.openReadOnly() };
}

const write = (store: Store, ...mutations: Mutation[]) => store.write({ mutations, changes: [], audit: [aRecord()] });

/** What a request reads: it waits for what was acknowledged before it. */
async function readsOf(store: Store): Promise<StoreReader> {
  await store.forRequests?.catchUp();
  return store.forRequests?.reads ?? store;
}

const ids = ['1', '2', '3'] as const;
const other = 'us-east-1';
const granteeIds = ['alice', 'bob'];

/** Every remembered look-up, of everything that the mutations below touch. */
const lookUps = (of: StoreReader): readonly (() => Promise<unknown>)[] =>
  ids.flatMap((id) => [
    () => of.findKey(account, region, id),
    () => of.findKey(account, other, id),
    () => of.findMaterial(account, id, 'material'),
    () => of.findImportedMaterial(account, region, id, 'material'),
    () => of.findAlias(account, region, `alias/${id}`),
    () => of.findCustomKeyStore(account, region, id),
    () => of.listGrantsForGrantees(account, region, id, granteeIds, 10),
    () => of.findAccessKey(`access-key-${id}`),
    () => of.findPrincipalById(`user-${id}`),
  ]);

function choices(id: string, revision: number, text: string): readonly Mutation[] {
  const key = { account_id: account, key_id: id };
  const here = { ...key, region };
  const principal_id = `user-${id}`;
  const owned = { account_id: account, principal_id };
  return [
    { op: 'insert', table: 'key_sets', row: aKeySet(key) },
    { op: 'insert', table: 'keys', row: aKey({ ...here, description: text }) },
    { op: 'insert', table: 'keys', row: aKey({ ...key, region: other }) },
    { op: 'update', table: 'keys', key: here, revision, set: { description: text } },
    { op: 'update', table: 'key_sets', key, revision, set: { rotation_enabled: revision % 2 } },
    { op: 'delete', table: 'keys', key: here, revision },
    { op: 'deleteAll', table: 'keys', where: key },
    { op: 'insert', table: 'key_materials', row: aMaterial({ ...key, material_id: 'material' }) },
    {
      op: 'update',
      table: 'key_materials',
      key: { ...key, material_id: 'material' },
      revision,
      set: { state: 'NON_CURRENT' },
    },
    { op: 'deleteAll', table: 'key_materials', where: key },
    { op: 'insert', table: 'imported_materials', row: anImportedMaterial({ ...here, material_id: 'material' }) },
    {
      op: 'update',
      table: 'imported_materials',
      key: { ...here, material_id: 'material' },
      revision,
      set: { wrapped: null },
    },
    { op: 'insert', table: 'aliases', row: anAlias({ alias_name: `alias/${id}`, target_key_id: id }) },
    {
      op: 'update',
      table: 'aliases',
      key: { account_id: account, region, alias_name: `alias/${id}` },
      revision,
      set: { target_key_id: text },
    },
    { op: 'deleteAll', table: 'aliases', where: { account_id: account, target_key_id: id } },
    { op: 'insert', table: 'grants', row: aGrant({ key_id: id, grant_id: text, grantee_id: 'alice' }) },
    { op: 'delete', table: 'grants', key: { ...here, grant_id: text }, revision: 1 },
    { op: 'deleteAll', table: 'grants', where: here },
    { op: 'insert', table: 'custom_key_stores', row: aKeyStore({ custom_key_store_id: id, name: id }) },
    {
      op: 'update',
      table: 'custom_key_stores',
      key: { account_id: account, region, custom_key_store_id: id },
      revision,
      set: { connection_state: 'CONNECTED' },
    },
    {
      op: 'insert',
      table: 'principals',
      row: aPrincipal({ ...owned, name: id, name_key: id, arn: `arn:aws:iam::${account}:user/${id}` }),
    },
    { op: 'update', table: 'principals', key: { principal_id }, revision, set: { description: text } },
    { op: 'delete', table: 'principals', key: { principal_id }, revision },
    { op: 'insert', table: 'access_keys', row: anAccessKey({ ...owned, access_key_id: `access-key-${id}` }) },
    {
      op: 'update',
      table: 'access_keys',
      key: { access_key_id: `access-key-${id}` },
      revision,
      set: { status: 'Inactive' },
    },
    { op: 'deleteAll', table: 'access_keys', where: { principal_id } },
    { op: 'update', table: 'accounts', key: { account_id: account }, revision, set: { name: text } },
  ];
}

describe.each([
  ['one node on SQLite', 'sqlite', 1, 400],
  ['two nodes on PostgreSQL', 'postgres', 2, 150],
] as const)('%s', (_name, engine, count, rounds) => {
  test(`look-ups from memory equal those of the database, after and during random writes (seed ${seed})`, async () => {
    const { stores, uncached } = await nodesOn(engine, count);
    const random = randomNumbers(seed);
    const anyOf = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    const outcomes = { fulfilled: 0, rejected: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const writes = Array.from({ length: 1 + random(3) }, () =>
        write(anyOf(stores), anyOf(choices(anyOf(ids), 1 + random(4), `text-${random(3)}`))),
      );
      // Look-ups race with the writes, and fill the memories while they can.
      const racing = Array.from({ length: 10 }, async () => anyOf(lookUps(await readsOf(anyOf(stores))))());
      for (const { status, ...result } of await Promise.allSettled(writes)) {
        outcomes[status] += 1;
        if ('reason' in result) expect(result.reason).toBeInstanceOf(WriteConflict);
      }
      await Promise.all(racing);
      const expected = await Promise.all(lookUps(uncached).map((lookUp) => lookUp()));
      for (const [index, store] of [...stores.entries(), ...stores.entries()]) {
        const reads = await readsOf(store);
        const found = await Promise.all(lookUps(reads).map((lookUp) => lookUp()));
        expect({ round, index, found }).toEqual({ round, index, found: expected });
      }
    }
    expect(Math.min(outcomes.fulfilled, outcomes.rejected)).toBeGreaterThan(rounds / 8);
    for (const store of stores) {
      const { hits = 0, misses = 0 } = store.memory?.() ?? {};
      expect(Math.min(hits, misses)).toBeGreaterThan(rounds);
    }
  });
});

test('a mutation without the columns that identify its row touches everything; other tables touch nothing', () => {
  expect(touchedRows([{ op: 'deleteAll', table: 'keys', where: { region } }])).toBeUndefined();
  expect(touchedRows([{ op: 'insert', table: 'meta', row: { name: 'a', value: '' } }])).toEqual([]);
  const key = { account_id: account, region, key_id: '1' };
  expect(touchedRows([{ op: 'require', table: 'keys', key, revision: 1 }])).toEqual([]);
  expect(
    touchedRows([
      { op: 'update', table: 'keys', key, revision: 1, set: {} },
      { op: 'deleteAll', table: 'grants', where: key },
    ]),
  ).toEqual([`key ${account} 1`, `grants ${account} ${region} 1`]);
});
