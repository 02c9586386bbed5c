/** Rotation of the root key with the real commands: killed in its middle, on two nodes, with backups of before. */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RootKeyRewrap, RootKeyState } from '@keystead/control-plane/domain/keys/root-key-state.ts';
import { addGeneration } from '@keystead/control-plane/hsm/root-key/change.ts';
import { sealOf } from '@keystead/control-plane/hsm/root-key/root-key.ts';
import { createSoftHsm } from '@keystead/control-plane/hsm/soft/soft-hsm.ts';
import Database from 'better-sqlite3';
import { aKey, caller } from '../support/calls.ts';
import { describeWith } from '../support/needs.ts';
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts';
import { hsmOf } from '../support/processes.ts';
import { asOneUser, type CommandResult, runKeystead, startServer, type TestServer } from '../support/server.ts';

const HOUR_MS = 3_600_000;
const Plaintext = 'aGVsbG8=';
const MANY = 3_000;
const account = '111122223333';

let home: string;
let dataDir: string;
let server: TestServer | undefined;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'keystead-rotation-'));
  dataDir = join(home, 'data');
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(home, { recursive: true, force: true });
});

const start = async (): Promise<TestServer> => {
  server = await startServer({ dataDir, args: ['--job-interval', '1'] });
  return server;
};
const stop = async (): Promise<void> => {
  await server?.stop();
  server = undefined;
};
const kill = async (): Promise<void> => {
  await server?.kill();
  server = undefined;
};
const rootKey = (...args: readonly string[]): Promise<CommandResult> =>
  runKeystead(['root-key', ...args, '--data-dir', dataDir]);
const file = (name: string) => join(dataDir, name);
const seal = () => ({ kind: 'file', path: file('root.key') }) as const;
const api = (of: TestServer) => caller(of.endpoint, of.credentials);

function withDatabase<T>(work: (database: Database.Database) => T): T {
  const database = new Database(file('keystead.db'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

const meta = <T>(name: string): T | undefined =>
  withDatabase((database) => {
    const row = database.prepare('select value from meta where name = ?').get(name) as { value: string } | undefined;
    return row && (JSON.parse(row.value) as T);
  });
const rewrapOf = () => meta<RootKeyRewrap>('root-key-rewrap');

/** How many of everything wrapped each generation wraps. */
const generations = (): Readonly<Record<string, number>> =>
  withDatabase((database) => {
    const rows = database
      .prepare(
        `select hex(substr(w, 2, 4)) as generation, count(*) as count from (
           select wrapped as w from key_materials union all select wrapped_secret from access_keys
         ) group by 1`,
      )
      .all() as { generation: string; count: number }[];
    return Object.fromEntries(rows.map(({ generation, count }) => [Number.parseInt(generation, 16), count]));
  });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** Puts access keys into the database of a stopped server, wrapped as its HSM would. */
async function fill(): Promise<void> {
  const hsm = createSoftHsm(await sealOf(seal()).open());
  const rows: [string, Uint8Array][] = [];
  for (let i = 0; i < MANY; i++) {
    const accessKeyId = `AKIAX${String(i).padStart(15, '0')}`;
    rows.push([accessKeyId, (await hsm.generateSecret({ accountId: account, accessKeyId })).wrapped]);
  }
  await hsm.close();
  withDatabase((database) => {
    const insert = database.prepare(
      `insert into access_keys values (@id, '${account}', '${account}', @wrapped, 'Inactive', 0, 1)`,
    );
    database.transaction(() => {
      for (const [id, wrapped] of rows) insert.run({ id, wrapped });
    })();
  });
}

/** Everything in the database opens with the stored root key, as an HSM that starts now would hold it. */
async function allOpen(): Promise<boolean> {
  const hsm = createSoftHsm(await sealOf(seal()).open());
  const rows = withDatabase((database) =>
    database.prepare('select access_key_id, account_id, wrapped_secret from access_keys').all(),
  ) as { access_key_id: string; account_id: string; wrapped_secret: Uint8Array }[];
  const results = await hsm.rewrap(
    rows.map(({ access_key_id: accessKeyId, account_id: accountId, wrapped_secret: wrapped }) => ({
      kind: 'access-key-secret',
      accountId,
      accessKeyId,
      wrapped,
    })),
  );
  await hsm.close();
  return results.every(({ wrapped }) => wrapped !== undefined);
}

test('a server takes the new generation into use, wraps everything again, and keeps serving', async () => {
  const running = await start();
  const { keyId: KeyId } = await aKey(api(running));
  const { json } = await api(running).aws('Encrypt', { KeyId, Plaintext });
  const rotated = await rootKey('rotate', '--wait');
  expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringMatching(/has generation 2 now[\s\S]*Back it up/)]);
  expect(rotated.stdout).toContain('Everything is wrapped under generation 2 or a later one.');
  expect(Object.keys(generations())).toEqual(['2']);
  const CiphertextBlob = String(json.CiphertextBlob);
  expect((await api(running).aws('Decrypt', { CiphertextBlob })).json.Plaintext).toBe(Plaintext);
  // An HSM that was killed holds the same generations again, and uses the newest one.
  const before = await hsmOf(running.pid);
  process.kill(before, 'SIGKILL');
  await until(async () => (await hsmOf(running.pid)) !== before);
  await until(async () => (await api(running).aws('Decrypt', { CiphertextBlob })).status === 200);
  await until(async () => (await api(running).aws('CreateKey', {})).status === 200);
  expect(Object.keys(generations())).toEqual(['2']);
  const status = await rootKey('status');
  expect(status.stdout).toMatch(
    /^Generation 2 of the root key is in use since .*\nServer sqlite holds generations 1 to 2/,
  );
  const audited = await runKeystead(['audit', 'tail', '--data-dir', dataDir, '--lines', '100']);
  for (const event of ['RotateRootKey', 'CompleteRootKeyRotation']) expect(audited.stdout).toContain(`"${event}"`);
  expect((await runKeystead(['audit', 'verify', '--data-dir', dataDir])).code).toBe(0);
  // The metrics follow at the server's next look at the generations.
  const metrics = async () => (await fetch(`${running.endpoint}/metrics`)).text();
  await until(async () => (await metrics()).includes('keystead_root_key_generation 2'));
}, 300_000);

test('a rotation continues after kill -9 of the server and of the HSM, at several points, and loses nothing', async () => {
  await start();
  await stop();
  await fill();
  const rotated = await rootKey('rotate');
  expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringMatching(/keystead root-key status --wait 2$/m)]);
  // No server has seen the generation yet; the command waits through everything that follows.
  const waiting = rootKey('status', '--wait', '2');
  const killed: number[] = [];
  for (const point of [0, 400, 1_200]) {
    await start();
    await until(() => (rewrapOf()?.underWay?.rewrapped ?? -1) >= point);
    await kill();
    killed.push(rewrapOf()?.underWay?.rewrapped ?? MANY);
    // Under both generations; whoever opens it now finds all of it.
    expect(Object.values(generations()).reduce((sum, count) => sum + count, 0)).toBe(MANY + 1);
    expect(await allOpen()).toBe(true);
  }
  expect(killed.every((rewrapped) => rewrapped < MANY)).toBe(true);
  const running = await start();
  await until(() => (rewrapOf()?.underWay?.rewrapped ?? MANY) >= 2_000);
  process.kill(await hsmOf(running.pid), 'SIGKILL');
  const waited = await waiting;
  expect([waited.code, waited.stdout]).toEqual([
    0,
    expect.stringContaining('Everything is wrapped under generation 2'),
  ]);
  expect(generations()).toEqual({ 2: MANY + 1 });
  expect(await allOpen()).toBe(true);
  const tail = await runKeystead(['audit', 'tail', '--data-dir', dataDir, '--lines', '100']);
  const completed = tail.stdout.split('\n').filter((line) => line.includes('"CompleteRootKeyRotation"'));
  // Each secret was wrapped again once, whatever was killed.
  expect(completed.map((line) => JSON.parse(line).serviceEventDetails)).toEqual([
    { generation: 2, secretsRewrapped: MANY + 1 },
  ]);
}, 600_000);

test('a generation to wait for is a number', async () => {
  const refused = await rootKey('status', '--wait', 'two');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('must be the number of a generation')]);
});

describe('old generations', () => {
  /** An installation that was rotated 40 hours ago, with copies of its files from before; it is stopped. */
  async function rotatedLongAgo(): Promise<string> {
    const running = await start();
    const { keyId: KeyId } = await aKey(api(running));
    const { json } = await api(running).aws('Encrypt', { KeyId, Plaintext });
    await stop();
    for (const name of ['root.key', 'keystead.db']) await copyFile(file(name), join(home, name));
    const fortyHoursAgo = Date.now() - 40 * HOUR_MS;
    await addGeneration(seal(), { createdAtMs: fortyHoursAgo, createdBy: 'alice@hsm-1' });
    await start();
    expect((await rootKey('status', '--wait', '2')).code).toBe(0);
    const refused = await rootKey('remove-generations');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/session and import tokens, until/)]);
    await stop();
    const state = { ...meta<RootKeyState>('root-key-generation'), inUseSinceMs: fortyHoursAgo };
    withDatabase((database) => {
      const set = database.prepare("update meta set value = ? where name = 'root-key-generation'");
      set.run(JSON.stringify(state));
    });
    return String(json.CiphertextBlob);
  }
  const restore = async (...names: readonly string[]) => {
    for (const name of names) {
      if (name === 'keystead.db') for (const log of ['-wal', '-shm']) await rm(file(name + log), { force: true });
      await copyFile(join(home, name), file(name));
    }
  };
  const refusedStart = () => runKeystead(['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...asOneUser]);

  test('are removed when nothing needs them; backups of before the rotation open with its root key', async () => {
    const CiphertextBlob = await rotatedLongAgo();
    const running = await start();
    expect(await rootKey('remove-generations')).toMatchObject({ code: 0, stderr: '' });
    expect((await sealOf(seal()).open()).generations.map(({ generation }) => generation)).toEqual([2]);
    // The running HSM gives the generation up too, and the server records it.
    await until(() => meta<RootKeyState>('root-key-generation')?.oldestHeld === 2);
    expect((await api(running).aws('Decrypt', { CiphertextBlob })).json.Plaintext).toBe(Plaintext);
    await stop();
    await copyFile(file('root.key'), join(home, 'root.key.new'));
    await copyFile(file('keystead.db'), join(home, 'keystead.db.new'));

    await restore('keystead.db');
    const old = await refusedStart();
    expect([old.code, old.stderr]).toEqual([5, expect.stringContaining('still needs generation 1 of the root key')]);
    await restore('root.key');
    const restored = await start();
    expect((await api(restored).aws('Decrypt', { CiphertextBlob })).json.Plaintext).toBe(Plaintext);
    await stop();
  }, 600_000);

  test('are not removed while anything needs them, even if the database denies it', async () => {
    const CiphertextBlob = await rotatedLongAgo();
    await restore('root.key');
    const lost = await refusedStart();
    expect([lost.code, lost.stderr]).toEqual([5, expect.stringContaining('does not have generation 2')]);
    const without = await rootKey('remove-generations');
    expect([without.code, without.stderr]).toEqual([5, expect.stringContaining('has no generation 2')]);

    // The database of before the rotation, with a root key that was rotated since: it is rotated again.
    await restore('keystead.db');
    await addGeneration(seal(), { createdAtMs: Date.now() - 40 * HOUR_MS, createdBy: 'alice@hsm-1' });
    const running = await start();
    expect((await rootKey('status', '--wait', '2')).code).toBe(0);
    expect((await api(running).aws('Decrypt', { CiphertextBlob })).json.Plaintext).toBe(Plaintext);
    await stop();
    const old = new Database(join(home, 'keystead.db'), { readonly: true });
    const { wrapped } = old.prepare('select wrapped from key_materials').get() as { wrapped: Buffer };
    old.close();
    const forged = Buffer.from(wrapped);
    forged.writeUInt32BE(2, 1);
    const state = { ...meta<RootKeyState>('root-key-generation'), inUseSinceMs: Date.now() - 40 * HOUR_MS };
    withDatabase((database) => {
      database.prepare("update meta set value = ? where name = 'root-key-generation'").run(JSON.stringify(state));
      database.prepare('update key_materials set wrapped = ?').run(forged);
    });
    const refused = await rootKey('remove-generations');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/still needed:\n {2}key_materials 111122223333\/.* cannot be opened without them/);
    withDatabase((database) => database.prepare('update key_materials set wrapped = ?').run(wrapped));
    const counted = await rootKey('remove-generations');
    expect([counted.code, counted.stderr]).toEqual([1, expect.stringContaining('key_materials: 1 rows')]);
    expect((await sealOf(seal()).open()).generations.map(({ generation }) => generation)).toEqual([1, 2]);
  }, 600_000);
});

describeWith('postgres')('two nodes with one database', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres({ fsync: false });
  }, 120_000);
  afterAll(() => postgres.stop());

  test('begin with a generation when both have it; each opens what the other wraps; kill -9 of one loses nothing', async () => {
    const database = await postgres.createDatabase();
    const [first, second] = [join(home, 'first'), join(home, 'second')];
    const startNode = (directory: string) =>
      startServer({ dataDir: directory, database, args: ['--job-interval', '1'] });
    const one = await startNode(first);
    const { keyId: before } = await aKey(api(one));
    await copyFileInto(second, [join(first, 'root.key'), join(first, 'credentials')]);
    let other = await startNode(second);
    const command = (...args: readonly string[]) =>
      runKeystead(['root-key', ...args, '--data-dir', first, '--database', database]);
    const inUse = async () => {
      const [row] = await query(database, "select value from meta where name = 'root-key-generation'");
      return (JSON.parse(String(row?.value)) as RootKeyState).inUse;
    };
    try {
      expect((await command('rotate')).code).toBe(0);
      const holds = async (oldest: number, newest: number) =>
        (await query(database, `select 1 from root_key_holders where oldest = ${oldest} and newest = ${newest}`))
          .length;
      await until(async () => (await holds(1, 2)) === 1);
      expect([await holds(1, 1), await inUse()]).toEqual([1, 1]);
      await copyFile(join(first, 'root.key'), join(second, 'root.key'));
      expect((await command('status', '--wait', '2')).code).toBe(0);
      expect(await inUse()).toBe(2);
      const CiphertextBlob = String((await api(one).aws('Encrypt', { KeyId: before, Plaintext })).json.CiphertextBlob);
      expect((await api(other).aws('Decrypt', { CiphertextBlob })).json.Plaintext).toBe(Plaintext);
      for (const [maker, user] of [
        [one, other],
        [other, one],
      ] as const) {
        const { keyId: KeyId } = await aKey(api(maker));
        expect((await api(user).aws('Encrypt', { KeyId, Plaintext })).status).toBe(200);
      }
      await other.kill();
      other = await startNode(second);
      expect((await api(other).aws('Decrypt', { CiphertextBlob })).json.Plaintext).toBe(Plaintext);
      const older = await query(database, "select 1 from key_materials where wrapped < '\\x0100000002'");
      expect(older).toEqual([]);
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  }, 600_000);
});

async function copyFileInto(directory: string, files: readonly string[]): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  for (const path of files) await copyFile(path, join(directory, basename(path)));
}
