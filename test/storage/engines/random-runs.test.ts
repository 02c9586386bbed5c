/**
 * The same random writes on both engines: each must have the same outcome on both, and afterwards all rows must be the
 * same. A failing run prints its seed; KEYSTEAD_TEST_SEED=<seed> replays it.
 */
import { type Mutation, type Store, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { needs } from '../../support/needs.ts';
import { randomNumbers, seed } from '../../support/random.ts';
import { allChanges, makePlaces, type Places, verifiedRecords } from '../../support/storage/engines.ts';
import { aChange, account, aGrant, aKey, anAlias, aRecord, region } from '../../support/storage/rows.ts';

needs('postgres');

const OPERATIONS = 1_000;

let places: Places;
beforeAll(async () => {
  places = await makePlaces();
});
afterAll(() => places.removeAll());

const keyIds = ['k0', 'k1', 'k2', 'k3'];
const texts = ['', 'plain', 'é\u0301🔑', 'a\0b', '\x1a0'];

function randomMutation(random: (below: number) => number): Mutation {
  const key_id = keyIds[random(keyIds.length)] ?? '';
  const alias_name = `alias/${random(6)}`;
  const grant_id = `g${random(8)}`;
  const description = texts[random(texts.length)] ?? '';
  const revision = 1 + random(3);
  const key = { account_id: account, region, key_id };
  const alias = { account_id: account, region, alias_name };
  const grant = { ...key, grant_id };
  const choices: readonly Mutation[] = [
    { op: 'insert', table: 'keys', row: aKey({ key_id, description }) },
    { op: 'insert', table: 'aliases', row: anAlias({ alias_name, target_key_id: key_id }) },
    { op: 'insert', table: 'grants', row: aGrant({ key_id, grant_id, name: description }) },
    { op: 'update', table: 'keys', key, revision, set: { description } },
    { op: 'update', table: 'keys', key, revision, set: {} },
    { op: 'update', table: 'aliases', key: alias, revision, set: { target_key_id: key_id } },
    { op: 'delete', table: 'keys', key, revision },
    { op: 'delete', table: 'aliases', key: alias, revision },
    { op: 'delete', table: 'grants', key: grant, revision: 1 },
    { op: 'require', table: 'keys', key, revision },
    { op: 'deleteAll', table: 'grants', where: key },
    { op: 'deleteAll', table: 'aliases', where: { account_id: account, region, target_key_id: key_id } },
  ];
  const choice = choices[random(choices.length)];
  if (!choice) throw new RangeError('there is nothing to choose from');
  return choice;
}

/** Keeps the rule that a write names each row once, also if a deleteAll of the same write deletes it. */
const overlap = (mutations: readonly Mutation[]): boolean =>
  new Set(mutations.map(({ table }) => table)).size < mutations.length;

async function attempt(store: Store, write: Parameters<Store['write']>[0]): Promise<string> {
  try {
    await store.write(write);
    return 'committed';
  } catch (error) {
    if (error instanceof WriteConflict) return 'conflict';
    throw error;
  }
}

async function everything(store: Store) {
  const limit = 100;
  const grants = await Promise.all(keyIds.map((keyId) => store.listGrants(account, region, keyId, { limit })));
  return {
    keyIds: (await store.listKeys(account, region, { limit })).rows,
    keys: await Promise.all(keyIds.map((keyId) => store.listRelatedKeys(account, keyId))),
    aliases: (await store.listAliases(account, region, { limit })).rows,
    grants: grants.map((page) => page.rows),
    changes: await allChanges(store),
    counts: await Promise.all(keyIds.map((keyId) => store.countGrants(account, region, keyId))),
  };
}

test(`both engines accept, refuse and store the same in ${OPERATIONS} random writes (seed ${seed})`, async () => {
  const stores = await Promise.all(
    (['sqlite', 'postgres'] as const).map(async (engine) => (await places.create(engine)).open()),
  );
  const random = randomNumbers(seed);
  const outcomes = { committed: 0, conflict: 0 };
  for (let operation = 0; operation < OPERATIONS; operation += 1) {
    let mutations: Mutation[];
    do mutations = Array.from({ length: random(4) }, () => randomMutation(random));
    while (overlap(mutations));
    const changes = Array.from({ length: random(3) }, (_, index) => aChange({ resourceId: `${operation}.${index}` }));
    const write = {
      mutations,
      changes,
      audit: [aRecord({ requestID: String(operation), eventID: String(operation) })],
    };
    const [first, second] = await Promise.all(stores.map((store) => attempt(store, write)));
    expect({ operation, mutations, outcome: first }).toEqual({ operation, mutations, outcome: second });
    outcomes[first as keyof typeof outcomes] += 1;
  }
  const [sqlite, postgres] = await Promise.all(stores.map(everything));
  expect(sqlite).toEqual(postgres);
  expect(Math.min(outcomes.committed, outcomes.conflict)).toBeGreaterThan(OPERATIONS / 20);
  for (const store of stores) expect(await verifiedRecords(store)).toBe(outcomes.committed);
});
