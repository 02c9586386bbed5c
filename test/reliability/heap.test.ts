/**
 * The memory of the API process while it works, in two views: the heap snapshot that Node writes, and, on Linux, the
 * process's whole memory, including buffers and freed blocks.
 *
 * The promise: it never contains a root key, a domain key or key material, in any form, and only those access-key
 * secrets that this process itself answered with. Values that pass through the API process by contract (plaintexts,
 * data keys, a new access key's secret) are JavaScript strings for a moment: they cannot be wiped, are garbage after
 * the answer, and can stay in freed memory until it is used again.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aKey, aUser, caller } from '../support/calls.ts';
import { importInto } from '../support/key-import.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { formsOf, type Needle, namesIn, secretsOf } from './needles.ts';

const REGIONS = ['us-east-1', 'eu-central-1'];
const CANARY = 'CanaryThatMustBeFound4711';
const MEMORY_CHUNK_BYTES = 32 * 1024 * 1024;
const OVERLAP_BYTES = 1024;

let dataDir: string;
let snapshots: string;
let server: TestServer;
let secrets: Awaited<ReturnType<typeof secretsOf>>;
/** Access-key secrets that an earlier process answered with, and one that this process did. */
let knownBefore: Needle[];
let answeredHere: Needle[];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-heap-'));
  const first = await startServer({ dataDir });
  const users = [await aUser(caller(first.endpoint, first.credentials), 'ada')];
  await first.stop();

  // Where the server itself may write.
  snapshots = join(dataDir, 'run');
  const NODE_OPTIONS = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${snapshots}`;
  server = await startServer({ dataDir, env: { NODE_OPTIONS } });
  const root = caller(server.endpoint, server.credentials);
  const added = await aUser(root, 'grace');
  const callers = [root, ...users.map((user) => caller(server.endpoint, user))];
  await Promise.all(REGIONS.map((region) => use(callers, region)));
  // The statement's Sid, which the process keeps with the compiled policy.
  const statement = { Sid: CANARY, Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' };
  const { keyId } = await aKey(root, { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) });
  expect((await root.aws('DescribeKey', { KeyId: keyId })).status).toBe(200);
  secrets = await secretsOf(dataDir, REGIONS);
  knownBefore = [first.credentials, ...users].flatMap((one) =>
    formsOf(`secret of ${one.accessKeyId}`, one.secretAccessKey),
  );
  answeredHere = formsOf('secret answered by this process', added.secretAccessKey);
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Creates, uses and rotates keys; every caller signs. */
async function use(callers: readonly ReturnType<typeof caller>[], region: string): Promise<void> {
  const [root, ...others] = callers;
  if (!root) return;
  const there = { region };
  const external = await aKey(root, { Origin: 'EXTERNAL' }, there);
  expect((await importInto(root, external.keyId, randomBytes(32), there)).status).toBe(200);
  for (let round = 0; round < 5; round += 1) {
    const { keyId: KeyId } = await aKey(root, {}, there);
    const { json } = await root.aws('GenerateDataKey', { KeyId, KeySpec: 'AES_256' }, there);
    expect((await root.aws('Decrypt', { CiphertextBlob: String(json.CiphertextBlob) }, there)).status).toBe(200);
    expect((await root.aws('RotateKeyOnDemand', { KeyId }, there)).status).toBe(200);
    await Promise.all(Array.from({ length: 20 }, () => root.aws('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' }, there)));
    for (const other of others)
      expect((await other.aws('Encrypt', { KeyId, Plaintext: 'aGVsbG8=' }, there)).code).toBe('AccessDeniedException');
  }
}

const hidden = () => [...secrets.rootKey, ...secrets.wrappingKeys, ...secrets.materials, ...knownBefore];

/** All strings of the heap, from Node's own snapshot, which collects garbage first. */
async function heapStrings(): Promise<Buffer> {
  process.kill(server.pid, 'SIGUSR2');
  for (;;) {
    const [name] = (await readdir(snapshots)).filter((file) => file.endsWith('.heapsnapshot'));
    const text = name === undefined ? '' : await readFile(join(snapshots, name), 'utf8');
    // The file is complete once it ends with a bracket.
    if (text.trimEnd().endsWith('}')) return Buffer.from((JSON.parse(text).strings as string[]).join('\n'), 'latin1');
    await sleep(200);
  }
}

test('the secrets are known: two materials of each rotated key and one of each imported key', () => {
  const names = new Set(secrets.materials.map(({ name }) => name.replace(/ \(.*/, '')));
  expect(names.size).toBe((2 * 5 + 1) * REGIONS.length + 1);
});

test('a heap snapshot of the API process contains its working data, but no key and no secret', async () => {
  const strings = await heapStrings();
  expect(namesIn(strings, formsOf('canary', CANARY))).toContain('canary (raw)');
  expect(namesIn(strings, [...hidden(), ...answeredHere])).toEqual([]);
}, 120_000);

const whereMemoryShows = process.platform === 'linux' ? test : test.skip;

whereMemoryShows(
  'the whole memory of the API process contains no key, and no secret of another process',
  async () => {
    const found = new Set<string>();
    const canary = formsOf('canary', CANARY);
    for await (const chunk of writableMemory(server.pid)) {
      for (const name of namesIn(chunk, [...canary, ...hidden()])) found.add(name);
    }
    expect([...found]).toEqual(['canary (raw)']);
  },
  120_000,
);

/** All writable memory, by proc(5): heap, stacks, buffers. Chunks overlap, so that a secret on a border is found. */
async function* writableMemory(pid: number): AsyncGenerator<Buffer> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  const memory = await open(`/proc/${pid}/mem`, 'r');
  try {
    for (const [, from = '', to = ''] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw-/gm)) {
      const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
      for (let at = start; at < end; at += MEMORY_CHUNK_BYTES - OVERLAP_BYTES) {
        const piece = Buffer.alloc(Math.min(MEMORY_CHUNK_BYTES, end - at));
        // The running process can have unmapped the region meanwhile.
        const { bytesRead } = await memory.read(piece, 0, piece.length, at).catch(() => ({ bytesRead: 0 }));
        yield piece.subarray(0, bytesRead);
      }
    }
  } finally {
    await memory.close();
  }
}
