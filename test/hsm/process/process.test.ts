/** The HSM process without its usual client: started by hand, with raw bytes on its socket. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { SecretBytes } from '@keystead/control-plane/hsm/crypto/secret-bytes.ts';
import { connectHsm } from '@keystead/control-plane/hsm/process/client.ts';
import { type Frame, FrameReader, FrameSender, MAX_FRAME_BYTES } from '@keystead/control-plane/hsm/process/frames.ts';
import { HELLO, type LaunchAnswer, STATUS_OK, verbs } from '@keystead/control-plane/hsm/process/protocol.ts';

const program = fileURLToPath(import.meta.resolve('@keystead/control-plane/hsm/process/process.ts'));
let directory: string;
const children: ChildProcessWithoutNullStreams[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-hsm-process-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(directory, { recursive: true });
});

function start({ flags = [] as string[], env = {}, program: path = program } = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [...flags, path], { env });
  child.stdin.on('error', () => undefined);
  children.push(child);
  return child;
}

const keyPath = () => join(directory, 'root.key');
const launchToken = Buffer.alloc(32, 7);

function launch(child: ChildProcessWithoutNullStreams): Promise<LaunchAnswer> {
  const seal = { kind: 'file', path: keyPath() };
  child.stdin.write(
    Buffer.concat([launchToken, Buffer.from(`${JSON.stringify({ seal, socketDirectory: directory })}\n`)]),
  );
  return answerOf(child);
}

async function answerOf(child: ChildProcessWithoutNullStreams): Promise<LaunchAnswer> {
  const [line] = await once(createInterface(child.stdout), 'line');
  return JSON.parse(line);
}

async function started(): Promise<{ child: ChildProcessWithoutNullStreams; socketPath: string }> {
  const child = start();
  const answer = await launch(child);
  if ('failed' in answer) throw new Error(answer.failed.message);
  return { child, socketPath: answer.ready.socketPath };
}

const exitCodeOf = async (child: ChildProcessWithoutNullStreams): Promise<number | null> =>
  child.exitCode ?? (await once(child, 'exit'))[0];

async function dial(socketPath: string): Promise<Socket> {
  const socket = createConnection(socketPath);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** All frames from the socket until it is closed. */
async function framesUntilClosed(socket: Socket): Promise<Frame[]> {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  socket.on('data', (chunk) => reader.push(chunk));
  if (!socket.destroyed) await once(socket, 'close');
  return frames;
}

const random = (requestId: number): Frame => ({
  requestId,
  kind: verbs.random.kind,
  body: Buffer.from('00000010', 'hex'),
});

describe('the socket of the HSM process', () => {
  test('is open to its own user only', async () => {
    const { socketPath } = await started();
    const stats = await stat(socketPath);
    expect(stats.isSocket()).toBe(true);
    expect(stats.mode & 0o777).toBe(0o600);
  });

  test('has a random name', async () => {
    const names = [await started(), await started()].map(({ socketPath }) => socketPath);
    for (const name of names) expect(name).toMatch(/hsm-[0-9a-f]{16}\.sock$/);
    expect(new Set(names).size).toBe(2);
  });

  test('admits the client that sends the token, and is then removed from the file system', async () => {
    const { socketPath } = await started();
    const client = await connectHsm(socketPath, new SecretBytes(Buffer.from(launchToken)));
    expect(await client.random(16)).toHaveLength(16);
    expect(await readdir(directory)).toEqual(['root.key']);
  });

  test.each([
    ['a wrong token', { requestId: 0, kind: HELLO, body: randomBytes(32) }],
    ['part of the token', { requestId: 0, kind: HELLO, body: Buffer.from(launchToken.subarray(0, 31)) }],
    ['the token in a frame of another kind', { requestId: 0, kind: 6, body: Buffer.from(launchToken) }],
    ['a request instead of a token', random(1)],
  ])('closes the connection on %s without an answer, and still admits its client', async (_, first) => {
    const { socketPath } = await started();
    const stranger = await dial(socketPath);
    const sender = new FrameSender(stranger);
    const heard = framesUntilClosed(stranger);
    sender.send(first);
    sender.send(random(2));
    expect(await heard).toEqual([]);
    const client = await connectHsm(socketPath, new SecretBytes(Buffer.from(launchToken)));
    expect(await client.random(16)).toHaveLength(16);
  });

  test('admits no second connection with the same token', async () => {
    const { socketPath } = await started();
    const second = await dial(socketPath);
    const heard = framesUntilClosed(second);
    const client = await connectHsm(socketPath, new SecretBytes(Buffer.from(launchToken)));
    await client.random(1);
    new FrameSender(second).send({ requestId: 0, kind: HELLO, body: Buffer.from(launchToken) });
    expect(await heard).toEqual([]);
    expect(await client.random(16)).toHaveLength(16);
  });

  test.each([0, 4, MAX_FRAME_BYTES + 1, 0xffffffff])(
    'closes the connection on a frame with a length of %i bytes',
    async (length) => {
      const { socketPath } = await started();
      const stranger = await dial(socketPath);
      const heard = framesUntilClosed(stranger);
      const claim = Buffer.alloc(8);
      claim.writeUInt32BE(length);
      stranger.write(claim);
      expect(await heard).toEqual([]);
    },
  );

  test('answers unknown verbs and malformed arguments with an error, and continues', async () => {
    const { socketPath } = await started();
    const socket = await dial(socketPath);
    const sender = new FrameSender(socket);
    const heard = framesUntilClosed(socket);
    sender.send({ requestId: 0, kind: HELLO, body: Buffer.from(launchToken) });
    sender.send({ requestId: 1, kind: 200, body: Buffer.of() });
    sender.send({ requestId: 2, kind: verbs.encrypt.kind, body: randomBytes(40) });
    sender.send({ ...random(3), body: Buffer.from('0000001000', 'hex') });
    sender.send(random(4));
    await new Promise((resolve) => setImmediate(resolve));
    socket.end();
    const statuses = (await heard).map(({ requestId, kind }) => [requestId, kind === STATUS_OK]);
    expect(statuses.sort()).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
  });

  test('is not trusted by a client when other users can use it', async () => {
    const { socketPath } = await started();
    await chmod(socketPath, 0o666);
    const refused = connectHsm(socketPath, new SecretBytes(Buffer.from(launchToken)));
    await expect(refused).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the HSM process ends', () => {
  test('when its parent ends', async () => {
    const { child } = await started();
    child.stdin.end();
    expect(await exitCodeOf(child)).toBe(0);
  });

  test('with the process that started it, even when that process is killed', async () => {
    const grandparent = join(directory, 'parent.mjs');
    const launchLine = JSON.stringify({ seal: { kind: 'file', path: keyPath() }, socketDirectory: directory });
    await writeFile(
      grandparent,
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, [${JSON.stringify(program)}], { stdio: ['pipe', 'pipe', 'inherit'] });
       child.stdin.write(Buffer.concat([Buffer.alloc(32), Buffer.from(${JSON.stringify(`${launchLine}\n`)})]));
       child.stdout.once('data', () => console.log(JSON.stringify({ pid: child.pid })));`,
    );
    const parent = start({ program: grandparent });
    const [line] = await once(createInterface(parent.stdout), 'line');
    const { pid } = JSON.parse(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  test('when its parent ends while the seal is being opened', async () => {
    const child = start();
    void launch(child);
    child.stdin.end();
    expect(await exitCodeOf(child)).toBe(0);
  });

  test('when its client disconnects', async () => {
    const { child, socketPath } = await started();
    const client = await connectHsm(socketPath, new SecretBytes(Buffer.from(launchToken)));
    await client.close();
    expect(await exitCodeOf(child)).toBe(0);
    await expect(client.random(1)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('but not on Ctrl-C or a stop signal to its process group, which its parent handles', async () => {
    const { child, socketPath } = await started();
    const client = await connectHsm(socketPath, new SecretBytes(Buffer.from(launchToken)));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal);
    expect(await client.random(16)).toHaveLength(16);
  });
});

describe('the HSM process does not start', () => {
  const failure = (message: RegExp) => ({
    failed: { message: expect.stringMatching(message), hint: expect.stringMatching(/./) },
  });

  test('without a token and a launch on its input', async () => {
    const child = start();
    const answer = answerOf(child);
    child.stdin.end();
    expect(await answer).toEqual(failure(/cannot be started by hand/));
    expect(await exitCodeOf(child)).toBe(1);
  });

  test('with a root key file that other users can read', async () => {
    await writeFile(keyPath(), randomBytes(32), { mode: 0o644 });
    const child = start();
    expect(await launch(child)).toEqual(failure(/open to other users/));
    expect(await exitCodeOf(child)).toBe(1);
  });

  test.each([
    ['an inspector in its flags', { flags: ['--inspect=127.0.0.1:0'] }],
    ['an inspector in NODE_OPTIONS', { env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } }],
    ['heap snapshots on a signal', { flags: ['--heapsnapshot-signal=SIGUSR2'] }],
  ])('with %s', async (_, options) => {
    const child = start(options);
    expect(await launch(child)).toEqual(failure(/under observation/));
    expect(await exitCodeOf(child)).toBe(1);
  });
});

test('the HSM process prints only the path of its socket', async () => {
  const { child, socketPath } = await started();
  const [said, complained] = [text(child.stdout), text(child.stderr)];
  const client = await connectHsm(socketPath, new SecretBytes(Buffer.from(launchToken)));
  await client.generateSecret({ accountId: '111122223333', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' });
  const requests = [client.random(2 ** 32 - 1), client.random(1)];
  await Promise.allSettled(requests);
  await client.close();
  expect(await said).toBe('');
  expect(await complained).toBe('');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
