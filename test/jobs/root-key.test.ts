/** Rotation of the root key: a new generation is taken into use, and everything is wrapped again. */
import {
  ROOT_KEY_REWRAP,
  ROOT_KEY_STATE,
  rootKeyRewrapOf,
  rootKeyStateOf,
} from '@keystead/control-plane/domain/keys/root-key-state.ts';
import { type Generation, RootKeys } from '@keystead/control-plane/hsm/crypto/root-keys.ts';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import type { Hsm } from '@keystead/control-plane/hsm/port/hsm.ts';
import type { Removal } from '@keystead/control-plane/hsm/port/installation.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import { openRootKeyUse, type RootKeyUse } from '@keystead/control-plane/startup/root-key-use.ts';
import { type Store, WriteConflict } from '@keystead/control-plane/storage/port/store.ts';
import { wrappedTables } from '@keystead/control-plane/storage/port/wrapped-secrets.ts';
import pino from 'pino';
import { aKey } from '../support/a-key.ts';
import { anAccessKey } from '../support/storage/rows.ts';
import { accountId, openTestControlPlane, region, type TestControlPlane } from '../support/test-control-plane.ts';

const HOUR_MS = 3_600_000;
const log = pino({ level: 'silent' });
const origin = { createdAtMs: Date.UTC(2026, 0, 1), createdBy: 'alice@hsm-1' };
const rootKey = (byte: number) => new SecretBytes(new Uint8Array(32).fill(byte));

/** The stored root key of the installation with these generations. */
const stored = (generations: readonly number[], removal?: Removal, bytes: Readonly<Record<number, number>> = {}) =>
  new RootKeys(
    generations.map((generation): Generation => {
      const made = { generation, rootKey: rootKey(bytes[generation] ?? generation) };
      return generation === 1 ? made : { ...made, origin };
    }),
    RootKeys.first(rootKey(1)).installation,
    removal,
  );

/** A server: its HSM, and its use of the root key. */
interface Node {
  readonly rootKeys: RootKeys;
  readonly hsm: Hsm;
  readonly use: RootKeyUse;
  readonly jobs: Jobs;
}

let controlPlane: TestControlPlane;
let database: Store;
let node: Node;
const nodes: Node[] = [];

/** @param store what it sees as its database @param holder each server but the first is one of PostgreSQL's */
async function startNode(
  rootKeys: RootKeys,
  hsm: Hsm,
  store: Store,
  engine: Store['engine'] = 'sqlite',
): Promise<Node> {
  const { clock } = controlPlane;
  const use = await openRootKeyUse({
    ...{ store: { ...store, engine }, installation: hsm, clock, log, intervalMs: HOUR_MS },
    isFirstStart: false,
    onLook: () => undefined,
    onNewGeneration: () => undefined,
  });
  const settings = { accountId, region, holderIntervalMs: HOUR_MS };
  const services = { keyMaterial: hsm, pkcs11: hsm, installation: hsm, credentials: hsm };
  const jobs = startJobs({
    ...controlPlane.engines,
    ...services,
    store: use.store,
    nodeId: engine,
    intervalMs: HOUR_MS,
    rootKey: settings,
  });
  await jobs.runOnce();
  const started = { rootKeys, hsm, use, jobs };
  nodes.push(started);
  return started;
}

beforeEach(async () => {
  const rootKeys = stored([1]);
  const hsm = createSoftHsm(rootKeys);
  controlPlane = await openTestControlPlane({}, { hsm });
  database = controlPlane.store;
  node = await startNode(rootKeys, hsm, database);
  // Requests write through the store that relies on the generation in use, as those of a server do.
  Object.assign(controlPlane.engines, { store: node.use.store });
});
afterEach(async () => {
  for (const { jobs, use } of nodes.splice(0)) {
    await jobs.stop();
    await use.stop();
  }
  await controlPlane.close();
});

/** What the command does to the stored root key, and the HSM when it is asked next. */
const rotate = (...generations: readonly number[]) => expect(node.rootKeys.update(stored(generations))).toBeUndefined();
async function lookAndRun(of: Node = node) {
  await of.use.look();
  await of.jobs.runOnce();
  await of.use.look();
}
const state = async () => rootKeyStateOf(await database.findMeta(ROOT_KEY_STATE));
const rewrapped = async () => rootKeyRewrapOf(await database.findMeta(ROOT_KEY_REWRAP));
/** The generations of everything wrapped, without repetition. */
async function generationsInUse(): Promise<readonly number[]> {
  const found = new Set<number>();
  for (const table of wrappedTables) {
    for (const row of await database.listWrapped(table, { limit: 10_000 })) {
      const wrapped = 'wrapped' in row ? row.wrapped : row.wrapped_secret;
      found.add(Buffer.from(wrapped).readUInt32BE(1));
    }
  }
  return [...found].sort();
}
/** Access keys whose secrets the HSM wraps under what is in use. */
async function insertAccessKeys(count: number): Promise<readonly string[]> {
  const rows = [];
  for (let i = 0; i < count; i++) {
    const access_key_id = `AKIA${String(i).padStart(16, '0')}`;
    const { wrapped } = await node.hsm.generateSecret({ accountId, accessKeyId: access_key_id });
    rows.push(anAccessKey({ account_id: accountId, access_key_id, wrapped_secret: wrapped }));
  }
  const mutations = rows.map((row) => ({ op: 'insert', table: 'access_keys', row }) as const);
  await database.write({ mutations, changes: [], audit: [] });
  return rows.map(({ access_key_id }) => access_key_id);
}

describe('a rotation of the root key', () => {
  test('wraps keys, imported material and access keys again; all work, also without the old generation', async () => {
    const key = await aKey(controlPlane);
    const hmac = await aKey(controlPlane, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const Plaintext = Buffer.from('secret');
    const { CiphertextBlob } = await controlPlane.perform('Encrypt', { KeyId: key.KeyId ?? '', Plaintext });
    await controlPlane.perform('CreateUser', { UserName: 'alice' });
    await controlPlane.perform('CreateAccessKey', { UserName: 'alice' });
    expect(await generationsInUse()).toEqual([1]);
    rotate(1, 2);
    await lookAndRun();
    expect(await state()).toMatchObject({ inUse: 2, inUseSinceMs: controlPlane.clock.now() });
    expect(await rewrapped()).toEqual({ complete: 2 });
    expect(await generationsInUse()).toEqual([2]);
    expect(node.rootKeys.update(stored([2]))).toBeUndefined();
    const decrypted = await controlPlane.perform('Decrypt', { CiphertextBlob });
    expect(Buffer.from(decrypted.Plaintext ?? []).toString()).toBe('secret');
    const mac = { KeyId: hmac.KeyId ?? '', Message: Buffer.from('m'), MacAlgorithm: 'HMAC_SHA_256' } as const;
    expect((await controlPlane.perform('GenerateMac', mac)).Mac).toHaveLength(32);
  });

  test('is in the audit log: who made the generation, and when everything was wrapped under it', async () => {
    await aKey(controlPlane);
    rotate(1, 2);
    await lookAndRun();
    expect(await controlPlane.events('RotateRootKey')).toMatchObject([
      {
        eventType: 'AwsServiceEvent',
        serviceEventDetails: {
          generation: 2,
          previousGeneration: 1,
          createdBy: 'alice@hsm-1',
          createdAt: '2026-01-01T00:00:00.000Z',
          secretsToRewrap: 1,
        },
      },
    ]);
    expect(await controlPlane.events('CompleteRootKeyRotation')).toMatchObject([
      { serviceEventDetails: { generation: 2, secretsRewrapped: 1 } },
    ]);
    await lookAndRun();
    expect(await controlPlane.events('RotateRootKey')).toHaveLength(1);
    expect(await controlPlane.events('CompleteRootKeyRotation')).toHaveLength(1);
  });

  test('continues wherever it was interrupted, by any write that fails', async () => {
    await insertAccessKeys(160);
    rotate(1, 2);
    await node.use.look();
    await node.jobs.stop();
    let left = 0;
    const failing: Store = {
      ...node.use.store,
      async write(write) {
        if (write.mutations.length > 0 && left-- <= 0) throw new Error('the machine stopped');
        return node.use.store.write(write);
      },
    };
    const settings = { accountId, region, holderIntervalMs: HOUR_MS };
    let interruptions = 0;
    for (let writes = 0; (await rewrapped()).complete < 2; writes++) {
      // Only so many writes of each run succeed: 0, 1, 0, 1, … so that each step is interrupted, and then done.
      left = writes % 2;
      const { hsm } = node;
      const services = { keyMaterial: hsm, pkcs11: hsm, installation: hsm };
      const engines = { ...controlPlane.engines, ...services, store: failing, nodeId: 'sqlite', rootKey: settings };
      const jobs = startJobs({ ...engines, intervalMs: HOUR_MS });
      await jobs.runOnce();
      await jobs.stop();
      interruptions += 1;
      expect(interruptions).toBeLessThan(200);
    }
    expect(interruptions).toBeGreaterThan(6);
    expect(await generationsInUse()).toEqual([2]);
    expect(await controlPlane.events('CompleteRootKeyRotation')).toMatchObject([
      { serviceEventDetails: { secretsRewrapped: 160 } },
    ]);
  });

  test('leaves what cannot be opened, says so, and is complete once that is repaired', async () => {
    const [broken = ''] = await insertAccessKeys(3);
    const [row] = await database.listWrapped('access_keys', { limit: 1 });
    const { wrapped_secret, revision } = row ?? { wrapped_secret: new Uint8Array(), revision: 0 };
    const damaged = Uint8Array.from(wrapped_secret, (byte, i) => (i === 20 ? byte ^ 1 : byte));
    const key = { access_key_id: broken };
    const set = (secret: Uint8Array, of: number) =>
      database.write({
        mutations: [{ op: 'update', table: 'access_keys', key, revision: of, set: { wrapped_secret: secret } }],
        changes: [],
        audit: [],
      });
    await set(damaged, revision);
    rotate(1, 2);
    await lookAndRun();
    expect(await rewrapped()).toMatchObject({ complete: 1, underWay: { failed: 1, rewrapped: 2 } });
    expect(await controlPlane.events('CompleteRootKeyRotation')).toEqual([]);
    await set(wrapped_secret, revision + 1);
    await lookAndRun();
    // Not at once, or an unrepaired row would be tried without end.
    expect((await rewrapped()).complete).toBe(1);
    controlPlane.clock.advance(10 * 60_000);
    await lookAndRun();
    expect(await rewrapped()).toEqual({ complete: 2 });
    expect(await generationsInUse()).toEqual([2]);
  });

  test('goes on to a later generation that comes while it is under way', async () => {
    await insertAccessKeys(60);
    rotate(1, 2);
    await lookAndRun();
    rotate(1, 2, 3);
    await lookAndRun();
    expect(await state()).toMatchObject({ inUse: 3 });
    expect(await generationsInUse()).toEqual([3]);
  });

  test('of a database that was restored from before it begins again', async () => {
    await insertAccessKeys(3);
    const rows = await database.listWrapped('access_keys', { limit: 10 });
    rotate(1, 2);
    await lookAndRun();
    const [now, stateRow, rewrapRow] = await Promise.all([
      database.listWrapped('access_keys', { limit: 10 }),
      database.findMeta(ROOT_KEY_STATE),
      database.findMeta(ROOT_KEY_REWRAP),
    ]);
    const meta = { [ROOT_KEY_STATE]: stateRow, [ROOT_KEY_REWRAP]: rewrapRow };
    await database.write({
      mutations: [
        ...rows.map(({ access_key_id, wrapped_secret }, i) => ({
          ...({ op: 'update', table: 'access_keys', key: { access_key_id } } as const),
          revision: now[i]?.revision ?? 0,
          set: { wrapped_secret },
        })),
        ...Object.entries(meta).map(
          ([name, row]) => ({ op: 'delete', table: 'meta', key: { name }, revision: row?.revision ?? 0 }) as const,
        ),
      ],
      changes: [],
      audit: [],
    });
    await node.jobs.stop();
    expect(await generationsInUse()).toEqual([1]);
    const rootKeys = stored([1, 2]);
    const restarted = await startNode(rootKeys, createSoftHsm(rootKeys), database);
    await lookAndRun(restarted);
    expect(await generationsInUse()).toEqual([2]);
  });

  test('is followed by the removal of the old generation, which the servers record', async () => {
    rotate(1, 2);
    await lookAndRun();
    const removal = { removedAtMs: Date.UTC(2026, 0, 3), removedBy: 'bob@hsm-1' };
    expect(node.rootKeys.update(stored([2], removal))).toBeUndefined();
    await lookAndRun();
    expect(await controlPlane.events('RemoveRootKeyGenerations')).toMatchObject([
      {
        serviceEventDetails: {
          oldestGeneration: 2,
          removedBy: 'bob@hsm-1',
          removedAt: '2026-01-03T00:00:00.000Z',
        },
      },
    ]);
    await lookAndRun();
    expect(await controlPlane.events('RemoveRootKeyGenerations')).toHaveLength(1);
  });
});

describe('two servers with one database', () => {
  const second = (rootKeys: RootKeys) => startNode(rootKeys, createSoftHsm(rootKeys), database, 'postgres');

  test('begin with a generation when the HSM of both holds it, and the same one', async () => {
    const other = await second(stored([1]));
    rotate(1, 2);
    await lookAndRun();
    expect((await state()).inUse).toBe(1);
    expect(other.rootKeys.update(stored([1, 2], undefined, { 2: 99 }))).toBeUndefined();
    await lookAndRun(other);
    await lookAndRun();
    expect((await state()).inUse).toBe(1);
    const corrected = await second(stored([1, 2]));
    await other.use.stop();
    await lookAndRun(corrected);
    await lookAndRun();
    expect((await state()).inUse).toBe(2);
  });

  test('do not wait for one that has stopped without a word', async () => {
    await second(stored([1]));
    rotate(1, 2);
    await lookAndRun();
    expect((await state()).inUse).toBe(1);
    controlPlane.clock.advance(4 * HOUR_MS);
    await lookAndRun();
    expect((await state()).inUse).toBe(2);
    expect(await database.listRootKeyHolders()).toHaveLength(1);
  });

  test('store nothing under the old generation, even if one has not noticed the new one', async () => {
    const other = await second(stored([1]));
    rotate(1, 2);
    expect(other.rootKeys.update(stored([1, 2]))).toBeUndefined();
    await other.use.look();
    await lookAndRun();
    expect((await state()).inUse).toBe(2);
    expect(other.rootKeys.inUse.generation).toBe(1);
    const owner = { accountId, accessKeyId: 'AKIA0000000000000009' };
    const insert = async () => {
      const { wrapped } = await other.hsm.generateSecret(owner);
      const row = anAccessKey({ account_id: accountId, access_key_id: owner.accessKeyId, wrapped_secret: wrapped });
      const mutations = [{ op: 'insert', table: 'access_keys', row } as const];
      await other.use.store.write({ mutations, changes: [], audit: [] });
    };
    await expect(insert()).rejects.toThrow(WriteConflict);
    expect(await generationsInUse()).toEqual([]);
    // A request that lost a race runs again.
    await insert();
    expect(await generationsInUse()).toEqual([2]);
  });
});

describe('a start', () => {
  const start = (rootKeys: RootKeys) => startNode(rootKeys, createSoftHsm(rootKeys), database);

  test.each([
    ['lacks the generation in use', () => stored([1]), 'does not have generation 2'],
    ['has another key for it', () => stored([1, 2], undefined, { 2: 99 }), 'does not have generation 2'],
  ])('is refused with a root key that %s', async (_name, rootKeys, message) => {
    rotate(1, 2);
    await lookAndRun();
    await expect(start(rootKeys())).rejects.toThrow(message);
    await start(stored([1, 2]));
  });

  test('is refused where the database still needs a generation that was removed', async () => {
    await insertAccessKeys(1);
    const restored = stored([2]);
    await database.write({
      mutations: [
        {
          op: 'update',
          table: 'meta',
          key: { name: ROOT_KEY_STATE },
          revision: 1,
          set: { value: JSON.stringify({ ...(await state()), inUse: 2 }) },
        },
      ],
      changes: [],
      audit: [],
    });
    await expect(start(restored)).rejects.toThrow('still needs generation 1');
  });
});
