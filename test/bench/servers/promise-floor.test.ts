/** The promise floor does what it is measured for: an answer is right, signed for, and on disk before it is sent. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Caller, call, prepare } from '@keystead/bench/load/prepare.ts';
import { type BenchServer, callerOf, startPromiseFloor } from '@keystead/bench/servers/processes.ts';

let directory: string;
let server: BenchServer;
let caller: Caller;
let KeyId: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'keystead-promise-floor-'));
  server = await startPromiseFloor(directory);
  caller = await callerOf(server, directory);
  KeyId = (await call(caller, 'CreateKey', {})).KeyMetadata?.KeyId ?? '';
});

afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

interface Entry {
  readonly name: string;
  readonly hash: string;
}

function entries(): readonly Entry[] {
  const lines = readFileSync(join(directory, 'audit.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

test('what it encrypts it decrypts, by the process that has the key', async () => {
  const Plaintext = Buffer.from('orders').toString('base64');
  const { CiphertextBlob = '' } = await call(caller, 'Encrypt', { KeyId, Plaintext });
  expect(Buffer.from(CiphertextBlob, 'base64')).toHaveLength(16 + 12 + 6 + 16);
  expect((await call(caller, 'Decrypt', { KeyId, CiphertextBlob })).Plaintext).toBe(Plaintext);
  const dataKey = await call(caller, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
  const opened = await call(caller, 'Decrypt', { KeyId, CiphertextBlob: dataKey.CiphertextBlob ?? '' });
  expect(opened.Plaintext).toBe(dataKey.Plaintext);
});

test('a record of each answer is in the file when the answer arrives, and the records are a hash chain', async () => {
  const before = entries().length;
  await Promise.all(Array.from({ length: 20 }, () => call(caller, 'DescribeKey', { KeyId })));
  const all = entries();
  expect(all).toHaveLength(before + 20);
  let previous = '';
  for (const { hash, ...entry } of all) {
    const text = previous + JSON.stringify(entry);
    expect(hash).toBe(createHash('sha256').update(text).digest('hex'));
    previous = hash;
  }
});

test.each<readonly [string, (headers: Record<string, string>) => Record<string, string>, string | undefined]>([
  ['a body that was not signed', (headers) => headers, '{"KeyId":"another"}'],
  ['a field that was changed', (headers) => ({ ...headers, 'x-amz-target': 'TrentService.Encrypt' }), undefined],
  ['no signature', ({ authorization: _removed, ...headers }) => headers, undefined],
])('%s is refused', async (_what, change, body) => {
  const prepared = prepare(caller, 'DescribeKey', { KeyId });
  const headers = change({ ...prepared.headers });
  const answer = await fetch(prepared.url, { method: 'POST', headers, body: body ?? prepared.body });
  expect(answer.status).toBe(403);
});
