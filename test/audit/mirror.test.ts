/** A request is answered only with its audit record: a database that fails or hangs, and the second sink. */
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditMirror, withAuditSinks } from '@keystead/control-plane/audit/mirror.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { type Store, StoreUnavailable, type Write } from '@keystead/control-plane/storage/port/store.ts';

let directory: string;
let path: string;
let mirror: AuditMirror;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-mirror-'));
  path = join(directory, 'audit.jsonl');
  mirror = new AuditMirror(path);
});
afterEach(async () => {
  await mirror.close();
  await rm(directory, { recursive: true, force: true });
});

const aRecord = (eventID: string) => ({ eventID, eventName: 'Encrypt' }) as AuditRecord;
const aWrite = (...ids: string[]): Write => ({ mutations: [], changes: [], audit: ids.map(aRecord) });

/** A store of which only `write` matters here. */
function aStore(write: (write: Write) => Promise<void> = async () => undefined) {
  const written: Write[] = [];
  const store = {
    async write(one: Write) {
      await write(one);
      written.push(one);
    },
  } as Store;
  return { store, written };
}

async function mirrored(file = path): Promise<readonly string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as AuditRecord).eventID);
}

test('a write that exceeds its deadline is refused', async () => {
  const { store } = aStore(() => new Promise(() => undefined));
  const write = withAuditSinks(store, { deadlineMs: 20 }).write(aWrite('1'));
  await expect(write).rejects.toThrow(new StoreUnavailable('the database did not answer within 20 ms'));
});

test('a write that fails is refused, and the second sink does not get its record', async () => {
  const { store } = aStore(() => Promise.reject(new StoreUnavailable('no disk')));
  await expect(withAuditSinks(store, { deadlineMs: 1000, mirror }).write(aWrite('1'))).rejects.toThrow('no disk');
  await mirror.append([]);
  expect(await mirrored()).toEqual([]);
});

test('an answered write is in the second sink too, one line per record, readable by its owner only', async () => {
  const { store, written } = aStore();
  const both = withAuditSinks(store, { deadlineMs: 1000, mirror });
  await both.write(aWrite('1', '2'));
  await Promise.all(Array.from({ length: 50 }, (_, index) => both.write(aWrite(`${index + 3}`))));
  expect(written).toHaveLength(51);
  expect((await mirrored()).toSorted((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 52 }, (_, index) => `${index + 1}`),
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a write without records does not touch the second sink', async () => {
  const { store, written } = aStore();
  await withAuditSinks(store, { deadlineMs: 1000, mirror }).write(aWrite());
  expect(written).toHaveLength(1);
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('a second sink that cannot be written fails the write, and later ones before they change anything', async () => {
  const lost = new AuditMirror(join(directory, 'missing', 'audit.jsonl'));
  const { store, written } = aStore();
  const both = withAuditSinks(store, { deadlineMs: 1000, mirror: lost });
  await expect(both.write(aWrite('1'))).rejects.toThrow(/^the audit mirror cannot be written: ENOENT/);
  expect(written).toHaveLength(1);
  await expect(both.write(aWrite('2'))).rejects.toThrow(StoreUnavailable);
  expect(written).toHaveLength(1);
});

test('a second sink that works again is used again', async () => {
  const store = aStore().store;
  const both = withAuditSinks(store, { deadlineMs: 1000, mirror });
  await both.write(aWrite('1'));
  await mirror.close();
  await rename(directory, `${directory}-away`);
  await expect(both.write(aWrite('2'))).rejects.toThrow(StoreUnavailable);
  await rename(`${directory}-away`, directory);
  await both.write(aWrite('3'));
  expect(await mirrored()).toEqual(['1', '3']);
});

test('a line that a crash cut short does not spoil another', async () => {
  await writeFile(path, '{"eventID":"1"}\n{"eventID":"2","eve');
  await withAuditSinks(aStore().store, { deadlineMs: 1000, mirror }).write(aWrite('3'));
  expect((await readFile(path, 'utf8')).split('\n')).toEqual([
    '{"eventID":"1"}',
    '{"eventID":"2","eve',
    '{"eventID":"3","eventName":"Encrypt"}',
    '',
  ]);
});

test('after the file was moved away, a new one is begun', async () => {
  const { store } = aStore();
  const both = withAuditSinks(store, { deadlineMs: 1000, mirror });
  await both.write(aWrite('1'));
  await rename(path, `${path}.1`);
  await both.write(aWrite('2'));
  expect([await mirrored(`${path}.1`), await mirrored()]).toEqual([['1'], ['2']]);
});
