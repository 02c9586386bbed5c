import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MaterialOwner } from '@keystead/control-plane/hsm/port/wrapped-material.ts';
import { type StartHsmOptions, type SupervisedHsm, startHsm } from '@keystead/control-plane/hsm/process/supervisor.ts';
import { build } from 'esbuild';
import { pino } from 'pino';

const owner: MaterialOwner = {
  accountId: '111122223333',
  domainRegion: 'eu-central-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  keySpec: 'SYMMETRIC_DEFAULT',
};
const encryptionContext = { Department: 'finance' };
const log = pino({ level: 'silent' });
let directory: string;
let running: SupervisedHsm[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-supervisor-'));
});
afterEach(async () => {
  await Promise.all(running.map((hsm) => hsm.close()));
  running = [];
  await rm(directory, { recursive: true });
});

async function start(options: Partial<StartHsmOptions> = {}): Promise<SupervisedHsm> {
  const seal = { kind: 'file' as const, path: join(directory, 'root.key') };
  const hsm = await startHsm({ seal, directory, log, ...options });
  running.push(hsm);
  return hsm;
}

function requirePid(hsm: SupervisedHsm): number {
  if (hsm.pid === undefined) throw new Error('no HSM process runs');
  return hsm.pid;
}

/** Repeats the call until it succeeds; while no HSM process runs, it must fail with `unavailable`. */
async function whenBack<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      expect(error).toMatchObject({ name: 'HsmError', kind: 'unavailable' });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function kill(hsm: SupervisedHsm): Promise<void> {
  const died = new Promise((resolve) => hsm.onExit(resolve));
  process.kill(requirePid(hsm), 'SIGKILL');
  expect(await died).toEqual({ code: null, signal: 'SIGKILL' });
}

describe('a supervised HSM', () => {
  test('does all that the port promises, in its own process', async () => {
    const hsm = await start();
    expect(requirePid(hsm)).not.toBe(process.pid);
    const material = { ...owner, ...(await hsm.generateKey(owner)) };
    const request = { material, encryptionContext };
    const { ciphertextBlob, plaintext } = await hsm.generateDataKey({
      ...request,
      lengthInBytes: 32,
      withPlaintext: true,
    });
    expect(await hsm.decrypt({ ...request, ciphertextBlob })).toEqual(plaintext);
    const bare = await hsm.generateDataKey({ ...request, lengthInBytes: 32, withPlaintext: false });
    expect(bare).not.toHaveProperty('plaintext');
    const moved = await hsm.reEncrypt({
      source: material,
      ciphertextBlob,
      sourceEncryptionContext: encryptionContext,
      destination: material,
      destinationEncryptionContext: {},
    });
    expect(await hsm.decrypt({ material, ciphertextBlob: moved, encryptionContext: {} })).toEqual(plaintext);
    const secretOwner = { accountId: owner.accountId, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
    const { secret, wrapped } = await hsm.generateSecret(secretOwner);
    const again = await hsm.wrapSecret(secretOwner, secret);
    const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const scope = { date, region: 'us-east-1', service: 'kms' };
    const signingKeys = await Promise.all(
      [wrapped, again].map((bytes) => hsm.deriveSigningKey({ secret: { ...secretOwner, wrapped: bytes }, ...scope })),
    );
    expect(signingKeys[0]).toEqual(signingKeys[1]);
    const sealed = await hsm.sealToken('grant', Buffer.from('of a client'));
    expect(await hsm.openToken('grant', sealed)).toEqual({ content: Buffer.from('of a client') });
    expect(await hsm.openToken('marker', sealed)).toEqual({});
    expect(await hsm.rootKeyFingerprint()).toMatch(/^[0-9a-f]{32}$/);
  });

  test('answers many requests at once, each with its own answer, failures included', async () => {
    const hsm = await start();
    const material = { ...owner, ...(await hsm.generateKey(owner)) };
    const messages = Array.from({ length: 300 }, (_, index) => Buffer.alloc(1 + index * 13, index));
    const opened = await Promise.all(
      messages.map(async (plaintext, index) => {
        const ciphertextBlob = await hsm.encrypt({ material, plaintext, encryptionContext });
        const context = index % 7 === 0 ? {} : encryptionContext;
        return hsm.decrypt({ material, ciphertextBlob, encryptionContext: context }).catch((error) => error.kind);
      }),
    );
    expect(opened).toEqual(messages.map((message, index) => (index % 7 === 0 ? 'invalid-ciphertext' : message)));
  });

  test('accepts an encryption context as large as a request can be', async () => {
    const hsm = await start();
    const material = { ...owner, ...(await hsm.generateKey(owner)) };
    const large = { a: 'x'.repeat(1_000_000) };
    const ciphertextBlob = await hsm.encrypt({ material, plaintext: Buffer.from('x'), encryptionContext: large });
    const opened = await hsm.decrypt({ material, ciphertextBlob, encryptionContext: large });
    expect(Buffer.from(opened).toString()).toBe('x');
  });

  test('is restarted after kill -9 and unwraps earlier material', async () => {
    let restarts = 0;
    const hsm = await start({ onRestart: () => restarts++ });
    const material = { ...owner, ...(await hsm.generateKey(owner)) };
    const ciphertextBlob = await hsm.encrypt({ material, plaintext: Buffer.from('kept'), encryptionContext });
    for (let round = 1; round <= 3; round++) {
      const killedPid = requirePid(hsm);
      await kill(hsm);
      const opened = await whenBack(() => hsm.decrypt({ material, ciphertextBlob, encryptionContext }));
      expect(Buffer.from(opened).toString()).toBe('kept');
      expect(requirePid(hsm)).not.toBe(killedPid);
      expect(restarts).toBe(round);
    }
  });

  test('accepts key material of a chosen value until seeding has ended, also after a restart', async () => {
    const hsm = await start({ isSeeding: true });
    const accept = () => hsm.acceptKey(owner, Buffer.alloc(32, 9));
    expect((await accept()).materialId).toHaveLength(64);
    await hsm.endSeeding();
    await expect(accept()).rejects.toMatchObject({ kind: 'unsupported' });
    await kill(hsm);
    await whenBack(() => hsm.random(1));
    await expect(accept()).rejects.toMatchObject({ kind: 'unsupported' });
  });

  test('fails the pending requests when its process is killed', async () => {
    const hsm = await start();
    process.kill(requirePid(hsm), 'SIGSTOP');
    const underWay = Promise.allSettled(Array.from({ length: 5 }, () => hsm.random(8)));
    await kill(hsm);
    for (const { reason } of (await underWay) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ name: 'HsmError', kind: 'unavailable' });
    }
    expect(await whenBack(() => hsm.random(8))).toHaveLength(8);
  });

  test('never creates a new root key in place of a lost one, and recovers once it is restored', async () => {
    const { log, says } = listenedLog();
    const hsm = await start({ log });
    const fingerprint = await hsm.rootKeyFingerprint();
    const path = join(directory, 'root.key');
    await rename(path, `${path}.away`);
    const refused = says('There is no root key');
    await kill(hsm);
    await refused;
    expect(await readdir(directory)).not.toContain('root.key');
    await rename(`${path}.away`, path);
    expect(await whenBack(() => hsm.rootKeyFingerprint())).toBe(fingerprint);
  });

  test('is not restarted with another root key than its own', async () => {
    const { log, says } = listenedLog();
    const hsm = await start({ log });
    const fingerprint = await hsm.rootKeyFingerprint();
    const path = join(directory, 'root.key');
    const own = await readFile(path);
    await writeFile(path, Buffer.alloc(32, 1));
    const refused = says('not the one that this server started with');
    await kill(hsm);
    await refused;
    await expect(hsm.random(1)).rejects.toMatchObject({ kind: 'unavailable' });
    await writeFile(path, own);
    expect(await whenBack(() => hsm.rootKeyFingerprint())).toBe(fingerprint);
  });

  test('leaves no process and no socket behind when it is closed, and refuses later requests', async () => {
    const hsm = await start();
    const pid = requirePid(hsm);
    await hsm.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await readdir(join(directory, 'run'))).toEqual([]);
    await expect(hsm.random(1)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([0, 100, 300, 600])(
    'can be closed %d ms after its process was killed, while the next one starts',
    async (ms) => {
      const hsm = await start();
      await kill(hsm);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await hsm.close();
      expect(hsm.pid).toBeUndefined();
    },
  );

  test('has its socket in a directory of mode 0700, and elsewhere when the path is too long for a socket', async () => {
    await start();
    expect((await stat(join(directory, 'run'))).mode & 0o777).toBe(0o700);
    const deep = join(directory, 'd'.repeat(100));
    const hsm = await start({ directory: deep });
    expect(await hsm.random(1)).toHaveLength(1);
  });

  test('does not start without its root key, and says what to do', async () => {
    const seal = { kind: 'file' as const, path: join(directory, 'root.key'), mustExist: true };
    await expect(start({ seal })).rejects.toMatchObject({
      name: 'SealError',
      message: expect.stringContaining('no root key'),
      hint: expect.stringContaining('backup'),
    });
    expect(await readdir(directory)).not.toContain('root.key');
  });

  test('reports that its program does not run', async () => {
    const refused = start({ processPath: join(directory, 'missing.js') });
    await expect(refused).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('exit code 1'),
    });
  });

  test('runs from a bundle', async () => {
    const processPath = join(directory, 'hsm-process.mjs');
    await build({
      entryPoints: [fileURLToPath(import.meta.resolve('@keystead/control-plane/hsm/process/process.ts'))],
      outfile: processPath,
      bundle: true,
      platform: 'node',
      format: 'esm',
      // Native code stays a separate file, and is loaded only when a PKCS#11 token is configured.
      external: ['pkcs11js'],
      logLevel: 'silent',
    });
    const hsm = await start({ processPath });
    expect(await hsm.random(4)).toHaveLength(4);
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the process of a supervised HSM', () => {
  test('writes no core dump, and has an empty environment and no secret in its arguments', async () => {
    const hsm = await start();
    const proc = (file: string) => readFile(`/proc/${requirePid(hsm)}/${file}`, 'utf8');
    expect(await proc('limits')).toMatch(/Max core file size +0 +0 /);
    const names = (await proc('environ')).split('\0').map((variable) => variable.split('=')[0]);
    // Variables that /bin/sh adds itself; none of this process's own environment.
    expect(names.filter((name) => !['', 'PWD', 'SHLVL', 'OLDPWD', '_'].includes(name ?? ''))).toEqual([]);
    const rootKey = await readFile(join(directory, 'root.key'));
    expect(await proc('cmdline')).not.toContain(rootKey.toString('hex'));
  });

  test('opens no inspector on SIGUSR1', async () => {
    const { log, lines } = listenedLog();
    const hsm = await start({ log });
    const pid = requirePid(hsm);
    process.kill(pid, 'SIGUSR1');
    expect(await hsm.random(1)).toHaveLength(1);
    expect(hsm.pid).toBe(pid);
    await hsm.close();
    // Node would announce its inspector on standard error, which is logged.
    expect(lines).toEqual([]);
  });
});

/** A log, and a function that waits for a text in it. */
function listenedLog() {
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    for (const { text, resolve } of waiting) if (line.includes(text)) resolve();
  };
  const says = (text: string) => new Promise<void>((resolve) => waiting.push({ text, resolve }));
  return { log: pino({ level: 'info' }, { write }), says, lines };
}
