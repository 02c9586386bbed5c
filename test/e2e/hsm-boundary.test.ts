/**
 * The boundary between API process and HSM, shown by hostile code inside the API process, in each way to start them:
 * one user for both, two users given by root, and two services.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { canRead } from '@keystead/control-plane/startup/embedded/separation.ts';
import { aKey, caller } from '../support/calls.ts';
import { describeWith, needs } from '../support/needs.ts';
import { descendantsOf, hsmOf, stillRunning } from '../support/processes.ts';
import { type Credentials, root } from '../support/server.ts';

needs('ps');

const isRoot = process.geteuid?.() === 0;
const api = { uid: 64_801, gid: 64_801 };
const hsm = { uid: 64_802, gid: 64_802 };
let directory: string;
/** The repository, or a copy that other users can read. */
let home: string;
const ended: (() => Promise<void>)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-boundary-'));
  await chmod(directory, 0o755);
  home = isRoot && !canRead(process.execPath, api) ? await readableCopy() : root;
}, 120_000);
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function readableCopy(): Promise<string> {
  const copy = join(directory, 'program');
  await mkdir(copy);
  const parts = ['package.json', 'control-plane', 'policy', 'provider-schema', 'node_modules', 'test'];
  await promisify(execFile)('cp', ['-a', ...parts.map((part) => join(root, part)), copy]);
  return copy;
}

interface Running {
  readonly endpoint: string;
  readonly child: ChildProcess;
  readonly banner: string;
  log(): string;
}

interface Start {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Runs a `keystead` command until it has printed a line that matches. */
async function keystead({ args, env = {}, user }: Start, ready: RegExp): Promise<Running> {
  const node = join(home, process.execPath.slice(root.length + 1));
  const child = spawn(node, [join(home, 'control-plane/cli/bin/keystead'), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  ended.push(async () => {
    const exit = once(child, 'exit');
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await exit;
    }
  });
  let [log, banner] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const lines = createInterface(child.stdout);
  const endpoint = await new Promise<string>((resolve, reject) => {
    let found: string | undefined;
    lines.on('line', (line) => {
      banner += `${line}\n`;
      found ??= ready.exec(line)?.[1];
      if (found !== undefined && /create-key|HSM is listening/.test(line)) resolve(found);
    });
    lines.once('close', () => reject(new Error(`it ended before it was ready:\n${log}`)));
  });
  return { endpoint, child, banner, log: () => log };
}

const SERVING = / at (https?:\/\/\S+)$/;
const LISTENING = /listening at (\S+)$/;

/** The environment in which the API process loads the hostile code, from a directory that it may read. */
async function hostile(dataDir: string, rootKey: string): Promise<Readonly<Record<string, string>>> {
  const run = join(dataDir, 'run');
  await mkdir(run, { recursive: true });
  const code = join(run, 'hostile.mjs');
  await copyFile(join(root, 'test/support/hostile.mjs'), code);
  return { NODE_OPTIONS: `--import=${code}`, HOSTILE_ROOT_KEY: rootKey, HOSTILE_DATA_DIR: dataDir };
}

/** What the hostile code reached. */
async function attack(server: Running, dataDir: string, hsmPid: number): Promise<Readonly<Record<string, unknown>>> {
  const target = join(dataDir, 'run/hostile-target');
  await writeFile(target, String(hsmPid));
  await chmod(target, 0o644);
  server.child.kill('SIGUSR2');
  for (;;) {
    const result = /^hostile (\{.*\})$/m.exec(server.log())?.[1];
    if (result !== undefined) return JSON.parse(result);
    if (server.child.exitCode !== null) throw new Error(`the server ended:\n${server.log()}`);
    await sleep(20);
  }
}

async function rootOf(dataDir: string): Promise<Credentials> {
  const text = await readFile(join(dataDir, 'credentials'), 'utf8');
  const [, accessKeyId = '', secretAccessKey = ''] = /id = (\S+)\n.*key = (\S+)/.exec(text) ?? [];
  return { accessKeyId, secretAccessKey };
}

/** The server works: it makes and uses a key. */
async function expectWorking(endpoint: string, dataDir: string): Promise<void> {
  const by = caller(endpoint, await rootOf(dataDir));
  const { keyId } = await aKey(by);
  const { status } = await by.aws('Encrypt', { KeyId: keyId, Plaintext: 'aGVsbG8=' });
  expect(status).toBe(200);
}

const ownerOf = async (path: string) => (await stat(path)).uid;

test('one user for both: JavaScript in the API process reaches nothing of the HSM; native code does, as the start says', async () => {
  const dataDir = join(directory, 'one-user');
  const rootKey = join(dataDir, 'root.key');
  const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...(isRoot ? ['--user', 'root'] : [])];
  const server = await keystead({ args, env: await hostile(dataDir, rootKey) }, SERVING);
  await expectWorking(server.endpoint, dataDir);
  expect(await attack(server, dataDir, await hsmOf(server.child.pid ?? 0))).toMatchObject({
    readRootKey: 'ERR_ACCESS_DENIED',
    readRootKeyThroughProc: 'ERR_ACCESS_DENIED',
    replaceRootKey: 'ERR_ACCESS_DENIED',
    readMemoryOfHsm: 'ERR_ACCESS_DENIED',
    readEnvironmentOfHsm: 'ERR_ACCESS_DENIED',
    startProcess: 'ERR_ACCESS_DENIED',
    listSystemConfiguration: 'ERR_ACCESS_DENIED',
    readOwnDatabase: 'succeeded',
    readRootKeyWithNativeCode: 'succeeded',
  });
  expect(server.banner).toMatch(/kept from the API by Node's permission model only; .*SECURITY\.md/);
  await expectWorking(server.endpoint, dataDir);
});

const asRoot = describeWith('root');

asRoot('a server that root starts', () => {
  test('runs as two users without capabilities, and hostile code in one reaches nothing of the other', async () => {
    const dataDir = join(directory, 'two-users');
    const rootKey = join(dataDir, 'hsm/root.key');
    const users = ['--user', `${api.uid}`, '--hsm-user', `${hsm.uid}:${hsm.gid}`];
    const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...users];
    const server = await keystead({ args, env: await hostile(dataDir, rootKey) }, SERVING);
    await expectWorking(server.endpoint, dataDir);
    const hsmPid = await hsmOf(server.child.pid ?? 0);
    expect(await attack(server, dataDir, hsmPid)).toMatchObject({
      uid: api.uid,
      capabilities: 'succeeded',
      readRootKey: 'ERR_ACCESS_DENIED',
      readMemoryOfHsm: 'ERR_ACCESS_DENIED',
      signalHsm: 'EPERM',
      startProcess: 'ERR_ACCESS_DENIED',
      readRootKeyWithNativeCode: 'SQLITE_CANTOPEN',
      readOwnDatabase: 'succeeded',
    });
    expect(await ownerOf(`/proc/${hsmPid}`)).toBe(hsm.uid);
    expect([await ownerOf(rootKey), await ownerOf(join(dataDir, 'keystead.db'))]).toEqual([hsm.uid, api.uid]);
    expect(server.banner).toContain(`the kernel (API process: user ${api.uid}, HSM: user ${hsm.uid})`);
    await expectRestarted(server, dataDir, hsmPid);
  });

  test('takes over a data directory that root has used alone', async () => {
    const dataDir = join(directory, 'taken-over');
    const place = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir];
    const before = await keystead({ args: [...place, '--user', 'root'] }, SERVING);
    await expectWorking(before.endpoint, dataDir);
    await ended.pop()?.();
    const after = await keystead({ args: [...place, '--user', '64801', '--hsm-user', '64802'] }, SERVING);
    await expectWorking(after.endpoint, dataDir);
    expect(await ownerOf(join(dataDir, 'root.key'))).toBe(hsm.uid);
  });

  test.each(['run', 'hsm'])('follows no link that its users planted in the place of %s', async (name) => {
    const dataDir = join(directory, `planted-${name}`);
    const victim = join(directory, `victim-${name}`);
    for (const path of [dataDir, victim]) await mkdir(path, { mode: 0o755 });
    await symlink(victim, join(dataDir, name));
    await chown(dataDir, api.uid, api.gid);
    const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, '--user', '64801', '--hsm-user', '64802'];
    await expect(keystead({ args }, SERVING)).rejects.toThrow(/ELOOP|ENOTDIR/);
    const { uid, mode } = await stat(victim);
    expect([uid, mode & 0o7777]).toEqual([0, 0o755]);
  });

  test('says which file its users cannot read', async () => {
    const dataDir = join(directory, 'unreadable');
    const seedFile = join(directory, 'seed.yaml');
    await writeFile(seedFile, 'Accounts: []\n', { mode: 0o600 });
    const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, '--seed', seedFile];
    const refused = keystead({ args }, SERVING);
    await expect(refused).rejects.toThrow(/seed\.yaml cannot be read by the user .*\nhint: .*--user/);
  });
});

/** The HSM comes back after kill -9, as the same user, and ends with its server. */
async function expectRestarted(server: Running, dataDir: string, hsmPid: number): Promise<void> {
  process.kill(hsmPid, 'SIGKILL');
  while (!server.log().includes('connected to the HSM again')) await sleep(20);
  await expectWorking(server.endpoint, dataDir);
  const processes = await descendantsOf(server.child.pid ?? 0);
  server.child.kill('SIGKILL');
  expect(await stillRunning(processes, 10_000)).toEqual([]);
}

asRoot('two services', () => {
  test('share a socket, and hostile code in the server reaches nothing of the HSM', async () => {
    const [state, run, dataDir] = ['state', 'run', 'data'].map((name) => join(directory, `services-${name}`)) as [
      string,
      string,
      string,
    ];
    const place = async (path: string, mode: number, { uid, gid }: typeof api) => {
      await mkdir(path);
      await chown(path, uid, gid);
      await chmod(path, mode);
    };
    await place(state, 0o700, hsm);
    await place(run, 0o2750, { uid: hsm.uid, gid: api.gid });
    await place(dataDir, 0o700, api);
    const rootKey = join(state, 'root.key');
    const socket = join(run, 'hsm.sock');
    const service = ['hsm', '--seal', `file:${rootKey}`, '--socket', socket, '--client-user', String(api.uid)];
    const running = await keystead({ args: service, user: { uid: hsm.uid, gid: api.gid } }, LISTENING);
    expect(running.endpoint).toBe(socket);

    const serve = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, '--hsm', `unix:${socket}`];
    const env = await hostile(dataDir, rootKey);
    await promisify(execFile)('chown', ['-R', `${api.uid}:${api.gid}`, dataDir]);
    const server = await keystead({ args: [...serve, '--hsm-user', String(hsm.uid)], env, user: api }, SERVING);
    await expectWorking(server.endpoint, dataDir);
    const [hsmPid = 0] = await descendantsOf(running.child.pid ?? 0);
    expect(await attack(server, dataDir, hsmPid)).toMatchObject({
      uid: api.uid,
      capabilities: 'succeeded',
      readRootKey: 'EACCES',
      replaceRootKey: 'EACCES',
      readRootKeyThroughProc: 'EACCES',
      readRootKeyWithNativeCode: 'SQLITE_CANTOPEN',
      readMemoryOfHsm: 'EACCES',
      readEnvironmentOfHsm: 'EACCES',
      signalHsm: 'EPERM',
    });

    // Another user of the machine, even one who has the token and is in the group, is not a client.
    const stranger = { uid: 64_803, gid: api.gid };
    const strange = join(directory, 'services-strange');
    await place(strange, 0o700, stranger);
    const args = [
      ...serve.slice(0, 3),
      '--data-dir',
      strange,
      '--hsm',
      `unix:${socket}`,
      '--hsm-user',
      String(hsm.uid),
    ];
    await expect(keystead({ args, user: stranger }, SERVING)).rejects.toThrow(/HSM refused this client/);
  });
});
