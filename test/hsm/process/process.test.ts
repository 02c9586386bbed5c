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
import { connectHsm, type HsmClient } from '@keystead/control-plane/hsm/process/client.ts';
import { encodeWith } from '@keystead/control-plane/hsm/process/codec.ts';
import { type Frame, FrameReader, FrameSender, MAX_FRAME_BYTES } from '@keystead/control-plane/hsm/process/frames.ts';
import { helloBody, NONCE_BYTES, readChallenge } from '@keystead/control-plane/hsm/process/handshake.ts';
import {
  CHALLENGE,
  HELLO,
  type LaunchAnswer,
  STATUS_OK,
  verbs,
  WELCOME,
} from '@keystead/control-plane/hsm/process/protocol.ts';

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
const tokenBytes = Buffer.alloc(32, 7);

const sharedToken = () => new SecretBytes(Buffer.from(tokenBytes));
const socketPath = () => join(directory, 'hsm.sock');
const launchLine = (peers?: { readonly uids: readonly number[]; readonly directory: string }) => {
  const socket = { path: socketPath(), mode: 0o600, ...(peers && { peers }) };
  return `${JSON.stringify({ seal: { kind: 'file', path: keyPath() }, socket, tokens: [] })}\n`;
};

function launch(child: ChildProcessWithoutNullStreams, line = launchLine()): Promise<LaunchAnswer> {
  child.stdin.write(Buffer.concat([tokenBytes, Buffer.from(line)]));
  return answerOf(child);
}

/** A client, with the root key opened. */
async function connect(): Promise<HsmClient> {
  const client = await connectHsm({ socketPath: socketPath(), sharedToken: sharedToken() });
  expect(await client.openRootKey({ mustExist: false })).toEqual({});
  return client;
}

async function answerOf(child: ChildProcessWithoutNullStreams): Promise<LaunchAnswer> {
  const [line] = await once(createInterface(child.stdout), 'line');
  return JSON.parse(line);
}

async function started(line?: string): Promise<ChildProcessWithoutNullStreams> {
  const child = start();
  const answer = await launch(child, line);
  if ('failed' in answer) throw new Error(answer.failed.message);
  return child;
}

const exitCodeOf = async (child: ChildProcessWithoutNullStreams): Promise<number | null> =>
  child.exitCode ?? (await once(child, 'exit'))[0];

async function dial(): Promise<Socket> {
  const socket = createConnection(socketPath());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** All frames from the socket until it is closed. */
async function framesUntilClosed(socket: Socket, onFrame: (frame: Frame) => void = () => undefined): Promise<Frame[]> {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => {
    frames.push(frame);
    onFrame(frame);
  });
  socket.on('data', (chunk) => reader.push(chunk));
  if (!socket.destroyed) await once(socket, 'close');
  return frames;
}

const random = (requestId: number): Frame => ({
  requestId,
  kind: verbs.random.kind,
  body: Buffer.from('00000010', 'hex'),
});

/** The proof of a client for the nonce of a challenge. */
function hello(server: Buffer, token = sharedToken()): Frame {
  return { requestId: 0, kind: HELLO, body: helloBody(token, { server, client: randomBytes(NONCE_BYTES) }) };
}

describe('the socket of the HSM process', () => {
  test('is open to its own user only', async () => {
    await started();
    const stats = await stat(socketPath());
    expect(stats.isSocket()).toBe(true);
    expect(stats.mode & 0o777).toBe(0o600);
  });

  test('replaces one that an earlier process has left', async () => {
    const first = await started();
    first.kill('SIGKILL');
    await once(first, 'exit');
    await started();
    expect(await (await connect()).random(16)).toHaveLength(16);
  });

  test('admits each client that proves the token, and tells its starter how many there are', async () => {
    const child = await started();
    const reports = createInterface(child.stdout)[Symbol.asyncIterator]();
    const [first, second] = [await connect(), await connect()];
    expect([await first.random(16), await second.random(16)].map(({ length }) => length)).toEqual([16, 16]);
    await first.close();
    expect(await second.random(16)).toHaveLength(16);
    const counts = [await reports.next(), await reports.next(), await reports.next()].map(({ value }) => value);
    expect(counts).toEqual(['{"clients":1}', '{"clients":2}', '{"clients":1}']);
  });

  test('tells its starter of a goodbye', async () => {
    const child = await started();
    const reports = createInterface(child.stdout)[Symbol.asyncIterator]();
    const client = await connect();
    await client.close({ endsHsm: true });
    expect((await reports.next()).value).toBe('{"clients":1}');
    expect((await reports.next()).value).toBe('{"clients":1,"goodbye":true}');
  });

  /** A stranger's first frame, for the nonce of the challenge. */
  const strangers: readonly (readonly [string, (serverNonce: Buffer) => Frame])[] = [
    ['a proof of another token', (server) => hello(server, new SecretBytes(Buffer.alloc(32, 8)))],
    ['a proof for another challenge', () => hello(randomBytes(NONCE_BYTES))],
    ['part of a proof', (server) => ({ ...hello(server), body: hello(server).body.subarray(0, 63) })],
    ['a proof in a frame of another kind', (server) => ({ ...hello(server), kind: verbs.random.kind })],
    ['the token itself', () => ({ requestId: 0, kind: HELLO, body: Buffer.from(tokenBytes) })],
    ['a request instead of a proof', () => random(1)],
  ];
  test.each(strangers)(
    'closes the connection on %s without an answer, and still admits its client',
    async (_, first) => {
      await started();
      const stranger = await dial();
      const sender = new FrameSender(stranger);
      const heard = framesUntilClosed(stranger, ({ kind, body }) => {
        expect(kind).toBe(CHALLENGE);
        sender.send(first(readChallenge(body).serverNonce));
        sender.send(random(2));
      });
      expect(await heard).toHaveLength(1);
      expect(await (await connect()).random(16)).toHaveLength(16);
    },
  );

  test('admits only the users it was told, when they are not its own', async () => {
    const own = process.geteuid?.() ?? 0;
    const peers = (uids: readonly number[]) => launchLine({ uids, directory: join(directory, 'peers') });
    const strict = await started(peers([own + 1]));
    await expect(connect()).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('user') });
    strict.kill('SIGKILL');
    await once(strict, 'exit');
    await started(peers([own + 1, own]));
    expect(await (await connect()).random(16)).toHaveLength(16);
    expect(await readdir(join(directory, 'peers'))).toEqual([]);
  });

  test.each([0, 4, MAX_FRAME_BYTES + 1, 0xffffffff])(
    'closes the connection on a frame with a length of %i bytes',
    async (length) => {
      await started();
      const stranger = await dial();
      const heard = framesUntilClosed(stranger);
      const claim = Buffer.alloc(8);
      claim.writeUInt32BE(length);
      stranger.write(claim);
      expect((await heard).map(({ kind }) => kind)).toEqual([CHALLENGE]);
    },
  );

  test('answers unknown verbs and malformed arguments with an error, and continues', async () => {
    await started();
    const socket = await dial();
    const sender = new FrameSender(socket);
    let answers = 0;
    const heard = framesUntilClosed(socket, ({ requestId, kind, body }) => {
      if (requestId > 0 && ++answers === 4) socket.end();
      if (kind === CHALLENGE) sender.send(hello(readChallenge(body).serverNonce));
      if (kind !== WELCOME) return;
      sender.send({ requestId: 1, kind: 255, body: Buffer.of() });
      sender.send({ requestId: 2, kind: verbs.encrypt.kind, body: randomBytes(40) });
      sender.send({ ...random(3), body: Buffer.from('0000001000', 'hex') });
      sender.send({
        requestId: 4,
        kind: verbs.openRootKey.kind,
        body: encodeWith(verbs.openRootKey.arguments, [{ mustExist: false }]),
      });
    });
    const answered = (await heard).filter(({ kind }) => kind !== CHALLENGE && kind !== WELCOME);
    const statuses = answered.map(({ requestId, kind }) => [requestId, kind === STATUS_OK]);
    expect(statuses.sort()).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
  });

  test('is not trusted by a client when other users can use it', async () => {
    await started();
    await chmod(socketPath(), 0o666);
    const refused = connect();
    await expect(refused).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the HSM process ends', () => {
  test('when its parent ends', async () => {
    const child = await started();
    child.stdin.end();
    expect(await exitCodeOf(child)).toBe(0);
  });

  test('with the process that started it, even when that process is killed', async () => {
    const grandparent = join(directory, 'parent.mjs');
    await writeFile(
      grandparent,
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, [${JSON.stringify(program)}], { stdio: ['pipe', 'pipe', 'inherit'] });
       child.stdin.write(Buffer.concat([Buffer.alloc(32), Buffer.from(${JSON.stringify(launchLine())})]));
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

  test('but not when its client disconnects', async () => {
    await started();
    const client = await connect();
    await client.close();
    await expect(client.random(1)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await (await connect()).random(1)).toHaveLength(1);
  });

  test('but not on Ctrl-C or a stop signal to its process group, which its parent handles', async () => {
    const child = await started();
    const client = await connect();
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

test('the HSM process prints only how many clients it has', async () => {
  const child = await started();
  const [said, complained] = [text(child.stdout), text(child.stderr)];
  const client = await connect();
  await client.generateSecret({ accountId: '111122223333', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' });
  const requests = [client.random(2 ** 32 - 1), client.random(1)];
  await Promise.allSettled(requests);
  await client.close();
  child.stdin.end();
  expect(await said).toBe('{"clients":1}\n{"clients":0}\n');
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
