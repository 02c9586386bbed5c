import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import { type Store, StoreLocked, StoreUnavailable } from '@keystead/control-plane/storage/port/store.ts';
import { needs } from '../../support/needs.ts';
import { allChanges, testClock, verifiedRecords } from '../../support/storage/engines.ts';
import { aRecord } from '../../support/storage/rows.ts';

needs('prlimit');

const script = fileURLToPath(new URL('../../support/sqlite-writer.ts', import.meta.url));

let dataDir: string;
const opened: Store[] = [];
const children: ChildProcess[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'keystead-sqlite-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const store of opened.splice(0)) await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function open(): Promise<Store> {
  const store = await openStore({ database: 'sqlite', dataDir, clock: testClock });
  opened.push(store);
  return store;
}

/** A process that writes to the store. `lines` yields the names of acknowledged writes. */
function startWriter(prefix: string, limitInBlocks?: number) {
  const limit = limitInBlocks === undefined ? '' : `trap '' XFSZ; ulimit -S -f ${limitInBlocks};`;
  // Without jest's own flags in the environment.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn('/bin/sh', ['-c', `${limit} exec "$0" "$@"`, process.execPath, script, dataDir, prefix], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout }) };
}

async function expectAll(store: Store, acknowledged: readonly string[]): Promise<void> {
  for (const name of acknowledged) expect(await store.findMeta(name)).toBeDefined();
  const changes = await allChanges(store);
  expect(changes.map((change) => change.sequence)).toEqual(changes.map((_, index) => index + 1));
  // One record and one change for each committed write, acknowledged or not.
  expect(await verifiedRecords(store)).toBe(changes.length);
  expect(changes.length).toBeGreaterThanOrEqual(acknowledged.length);
}

test('kill -9 of the server loses no acknowledged write, and the next start needs no cleanup', async () => {
  const acknowledged: string[] = [];
  for (const prefix of ['first', 'second', 'third']) {
    const { child, lines } = startWriter(prefix);
    const ended = once(child, 'exit');
    const start = acknowledged.length;
    const read = (async () => {
      for await (const line of lines) {
        acknowledged.push(line);
        if (acknowledged.length === start + 200) child.kill('SIGKILL');
      }
    })();
    await Promise.all([ended, read]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(start + 200);
  }
  await expectAll(await open(), acknowledged);
});

test('a second server on the data directory is refused, in this process and in another, until the first has ended', async () => {
  const { child, lines } = startWriter('holder');
  await once(lines, 'line');
  await expect(open()).rejects.toThrow(StoreLocked);
  await expect(open()).rejects.toThrow(dataDir);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const store = await open();
  await expect(open()).rejects.toThrow(StoreLocked);
  await store.close();
  await open();
});

test('a full disk is reported, loses nothing, and is used again once there is space', async () => {
  // A file size limit makes write(2) fail in the middle of a batch, as a full disk does. 512-byte blocks.
  const { child, lines } = startWriter('full', 8_000);
  const acknowledged: string[] = [];
  let afterwards = 0;
  let wasRefused = false;
  for await (const line of lines) {
    if (line === 'refused') {
      wasRefused = true;
      execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited']);
      child.stdin.write('\n');
    } else {
      acknowledged.push(line);
      if (wasRefused) afterwards += 1;
      if (afterwards === 50) child.kill('SIGKILL');
    }
  }
  expect(wasRefused).toBe(true);
  expect(afterwards).toBeGreaterThanOrEqual(50);
  await expectAll(await open(), acknowledged);
});

test('only their owner can use the files', async () => {
  const inner = join(dataDir, 'data');
  const store = await openStore({ database: 'sqlite', dataDir: inner, clock: testClock });
  opened.push(store);
  await store.write({ mutations: [], changes: [], audit: [aRecord()] });
  expect(statSync(inner).mode & 0o777).toBe(0o700);
  for (const file of ['keystead.db', 'keystead.db-wal', 'keystead.db-shm']) {
    expect(statSync(join(inner, file)).mode & 0o077).toBe(0);
  }
});

test('closing commits the waiting writes first', async () => {
  const store = await open();
  const writes = Array.from({ length: 50 }, () => store.write({ mutations: [], changes: [], audit: [aRecord()] }));
  await store.close();
  await Promise.all(writes);
  expect(await verifiedRecords(await open())).toBe(50);
});

test('a record that cannot be stored is refused by itself; those that were to be committed with it are', async () => {
  const store = await open();
  const write = (record: object) =>
    store.write({ mutations: [], changes: [], audit: [{ ...aRecord(), ...record }] }).then(
      () => 'committed',
      () => 'refused',
    );
  const timeless = { eventTime: 'soon' };
  const outcomes = [write({}), write(timeless), write({}), write(timeless), write({})];
  expect(await Promise.all(outcomes)).toEqual(['committed', 'refused', 'committed', 'refused', 'committed']);
  await store.write({ mutations: [], changes: [], audit: [aRecord()] });
  expect(await verifiedRecords(store)).toBe(4);
});

test('a worker program that does not start is an error, and the directory is unlocked', async () => {
  const sqliteWorkerUrl = new URL('file:///nowhere/worker.js');
  const opening = openStore({ database: 'sqlite', dataDir, clock: testClock, sqliteWorkerUrl });
  await expect(opening).rejects.toThrow(StoreUnavailable);
  await open();
});

test('a database that is neither sqlite nor a postgres URL is refused, and the error does not repeat it', async () => {
  const opening = openStore({ database: 'mysql://user:secret@host/db', dataDir, clock: testClock });
  await expect(opening).rejects.toThrow('The database must be "sqlite" or a postgres:// URL');
});
