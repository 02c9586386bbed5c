/** A start where a root key or a used data directory shows that there was a database, and it is gone. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { aKey, caller } from '../support/calls.ts';
import { describeWith } from '../support/needs.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { asOneUser, runKeystead, startServer } from '../support/server.ts';

let home: string;
let dataDir: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'keystead-lost-'));
  dataDir = join(home, 'data');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const refused = (...args: string[]) =>
  runKeystead(['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...asOneUser, ...args]);

async function usedDirectory(): Promise<void> {
  const server = await startServer({ dataDir });
  await aKey(caller(server.endpoint, server.credentials));
  await server.stop();
}

async function emptied(): Promise<void> {
  await rm(join(dataDir, 'keystead.db'));
  new Database(join(dataDir, 'keystead.db')).exec('vacuum').close();
}

const rootKey = async (path: string) => {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, Buffer.alloc(32, 7), { mode: 0o600 });
};

describe('an embedded database', () => {
  test.each([
    ['is missing', () => rm(join(dataDir, 'keystead.db'))],
    ['has no bytes', () => truncate(join(dataDir, 'keystead.db'), 0)],
    ['has no tables', emptied],
  ])('that %s where a server left its root key is refused, and nothing is made', async (_, lose) => {
    await usedDirectory();
    await lose();
    for (const name of ['credentials', 'audit-public-key.pem']) await rm(join(dataDir, name));
    const before = await readdir(dataDir);
    const { code, stderr } = await refused();
    expect([code, stderr]).toEqual([
      6,
      expect.stringMatching(/keystead\.db is missing or empty.*root\.key.*\nhint: Re/),
    ]);
    expect((await readdir(dataDir)).filter((name) => name !== 'run')).toEqual(before.filter((name) => name !== 'run'));
  });

  test.each([
    ['in the directory of the HSM', () => join(dataDir, 'hsm/root.key'), () => []],
    ['where --seal names it', () => join(home, 'sealed/root.key'), (key: string) => ['--seal', `file:${key}`]],
  ])('that is missing while there is a root key %s is refused', async (_, path, args) => {
    await rootKey(path());
    const { code, stderr } = await refused(...args(path()));
    expect([code, stderr]).toEqual([6, expect.stringContaining(path())]);
  });

  test('is made for a root key that exists when the operator confirms that it is new, and found at the next start', async () => {
    await rootKey(join(dataDir, 'root.key'));
    const first = await startServer({ dataDir, args: ['--new-database'] });
    const { keyId } = await aKey(caller(first.endpoint, first.credentials));
    await first.stop();
    const second = await startServer({ dataDir });
    expect((await caller(second.endpoint, second.credentials).aws('DescribeKey', { KeyId: keyId })).status).toBe(200);
    await second.stop();
  });

  test('that is whole again is served again', async () => {
    await usedDirectory();
    await rename(join(dataDir, 'keystead.db'), join(home, 'backup.db'));
    expect((await refused()).code).toBe(6);
    await rename(join(home, 'backup.db'), join(dataDir, 'keystead.db'));
    await (await startServer({ dataDir })).stop();
  });
});

describeWith('postgres')('a PostgreSQL database', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres({ fsync: false });
  }, 120_000);
  afterAll(() => postgres.stop());

  test('that is empty is refused from a used data directory; a further node with the root key alone starts', async () => {
    const database = await postgres.createDatabase();
    const first = await startServer({ dataDir, database });
    const other = join(home, 'other');
    await mkdir(other);
    await copyFile(join(dataDir, 'root.key'), join(other, 'root.key'));
    await copyFile(join(dataDir, 'credentials'), join(other, 'credentials'));
    await (await startServer({ dataDir: other, database })).stop();
    await first.stop();

    const empty = await postgres.createDatabase();
    const { code, stderr } = await refused('--database', empty);
    expect([code, stderr]).toEqual([6, expect.stringMatching(/The database is empty.*credentials.*\nhint: /)]);
    await rm(join(dataDir, 'credentials'));
    await rm(join(dataDir, 'audit-public-key.pem'));
    await (await startServer({ dataDir, database: empty })).stop();
  });
});

const nowhere = process.platform === 'linux' ? '/proc/keystead/data' : 'file/data';
test.each([
  ['below a file', 'file/data'],
  ['that is a file', 'file'],
  ['where the system takes none', nowhere],
])('a data directory %s is refused at once, by the name of its option', async (_, path) => {
  await writeFile(join(home, 'file'), '');
  const directory = resolve(home, path);
  const { code, stderr } = await refused('--data-dir', directory);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^keystead: --data-dir: .*\nhint: Choose another/)]);
  expect(stderr).toContain(directory);
});
