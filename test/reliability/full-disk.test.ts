/** A full disk stops what must be written, says so, and is over when there is room again. A damaged database says so. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aKey, caller } from '../support/calls.ts';
import { describeWith } from '../support/needs.ts';
import { asOneUser, runKeystead, startServer, type TestServer } from '../support/server.ts';

let directory: string;
let server: TestServer | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-disk-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(directory, { recursive: true, force: true });
});

describeWith('linux', 'root')('on a full disk', () => {
  let disk: string;
  beforeEach(async () => {
    disk = await mkdtemp(join(tmpdir(), 'keystead-small-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true, force: true });
  });

  /** Takes all the room that is left. */
  async function fill(): Promise<string> {
    const path = join(disk, 'filler');
    const file = await open(path, 'a');
    try {
      for (const size of [65_536, 4096]) await writeUntilFull(file, Buffer.alloc(size));
    } finally {
      await file.close();
    }
    return path;
  }

  async function writeUntilFull(file: Awaited<ReturnType<typeof open>>, bytes: Buffer): Promise<void> {
    for (;;) {
      const full = await file.write(bytes).then(
        ({ bytesWritten }) => bytesWritten < bytes.length,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOSPC') return true;
          throw error;
        },
      );
      if (full) return;
    }
  }

  const status = async (path: string) => (await fetch(`${server?.endpoint}${path}`)).status;
  const lines = (text: string) => (server?.log() ?? '').split('\n').filter((line) => line.includes(text));

  test.each([
    ['the database', () => ({ dataDir: disk })],
    ['the audit mirror', () => ({ dataDir: directory, args: ['--audit-mirror', join(disk, 'audit.jsonl')] })],
  ])('of %s, requests are refused, readiness says so, and it is over when there is room', async (_where, options) => {
    server = await startServer(options());
    const root = caller(server.endpoint, server.credentials);
    const { keyId } = await aKey(root);
    const encrypt = () => root.aws('Encrypt', { KeyId: keyId, Plaintext: Buffer.alloc(64).toString('base64') });
    const encrypted = await encrypt();
    expect(encrypted.status).toBe(200);
    const filler = await fill();
    // The files of the database can have some room of their own.
    const large = { Description: 'x'.repeat(8000) };
    while ((await root.aws('CreateKey', large)).status === 200) await fill();
    while ((await encrypt()).status === 200);
    for (let i = 0; i < 30; i += 1) expect((await encrypt()).code).toBe('KMSInternalException');
    expect([await status('/readyz'), await status('/readyz')]).toEqual([503, 503]);
    // What writes nothing works: health, documents, and refusals of strangers.
    expect(await status('/healthz')).toBe(200);
    expect(await status('/v1/openapi.json')).toBe(200);
    expect(await status('/metrics')).toBe(200);
    expect(await status('/v1/keys')).toBe(401);
    expect(lines('the disk is full')).toHaveLength(1);
    expect(lines('a request failed in the store')).toEqual([]);
    expect(lines('the process is not ready')).toEqual([]);
    await rm(filler);
    expect(await status('/readyz')).toBe(200);
    expect(lines('the disk has room again')).not.toEqual([]);
    const { CiphertextBlob } = encrypted.json;
    expect(await root.aws('Decrypt', { CiphertextBlob })).toMatchObject({ status: 200 });
    expect((await encrypt()).status).toBe(200);
    await server.stop();
    const { dataDir } = server;
    server = undefined;
    expect(await runKeystead(['audit', 'verify', '--data-dir', dataDir])).toMatchObject({ code: 0 });
  });

  test('a start says that the disk is full', async () => {
    server = await startServer({ dataDir: disk });
    await server.stop();
    server = undefined;
    // What the server held is free only some time after its end.
    do {
      await fill();
      await sleep(200);
    } while ((await statfs(disk)).bavail > 0);
    const { code, stderr } = await runKeystead(['serve', '--listen', '127.0.0.1:0', '--data-dir', disk, ...asOneUser]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('The disk is full: free space on it, then start again.');
  });
});

test('a start with a damaged database says what to do, with the exit code of the database', async () => {
  server = await startServer({ dataDir: directory });
  await server.stop();
  server = undefined;
  const file = join(directory, 'keystead.db');
  const bytes = await readFile(file);
  const start = () => runKeystead(['serve', '--listen', '127.0.0.1:0', '--data-dir', directory, ...asOneUser]);
  // Every page but the first, and then the whole file.
  for (const sound of [4096, 0]) {
    await writeFile(file, Buffer.concat([bytes.subarray(0, sound), Buffer.alloc(bytes.length - sound, 0x5a)]));
    const { code, stderr } = await start();
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('The database is damaged.') });
  }
});
