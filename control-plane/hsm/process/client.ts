/**
 * HsmClient: the Hsm as the API process sees it, through a socket. Requests are pipelined. A connection and its HSM
 * process end together: once it is lost, all pending and later requests fail with `unavailable`. No key material passes
 * here except where a verb's contract returns it.
 */
import { lstat } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Hsm } from '../port/hsm.ts';
import { HsmError, type HsmErrorKind } from '../port/hsm-error.ts';
import { decodeWith, encodeWith } from './codec.ts';
import { type Frame, FrameReader, FrameSender } from './frames.ts';
import {
  type Arguments,
  errorStatuses,
  HELLO,
  type Result,
  STATUS_DEFECT,
  STATUS_OK,
  type Verb,
  type VerbName,
  verbNames,
  verbs,
} from './protocol.ts';

const MAX_REQUEST_ID = 2 ** 32 - 1;

/** Sends one request; every method of a remote Hsm calls it with its verb. */
export type Call = <Name extends VerbName>(name: Name, args: Arguments<Name>) => Promise<Result<Name>>;

/** All verbs of the port over one `call`. */
export function verbsOver(call: Call): Omit<Hsm, 'close'> {
  const methods = verbNames.map((name) => [name, (...args: Arguments<typeof name>) => call(name, args)]);
  return Object.fromEntries(methods) as Omit<Hsm, 'close'>;
}

export interface HsmClient extends Hsm {
  readonly call: Call;
  /** Resolves once the connection is closed, whichever side closed it. */
  readonly closed: Promise<void>;
}

interface Pending {
  settle(frame: Frame): void;
  fail(error: HsmError): void;
}

/**
 * Connects and sends the launch token, which is wiped.
 * @throws HsmError `unavailable` when other users could have created or can use the socket, or it does not answer.
 */
export async function connectHsm(socketPath: string, launchToken: SecretBytes): Promise<HsmClient> {
  await requirePrivateSocket(socketPath);
  const socket = await openSocket(socketPath);
  const sender = new FrameSender(socket);
  launchToken.useOnce((body) => sender.send({ requestId: 0, kind: HELLO, body: Buffer.from(body) }));
  return clientOver(socket, sender);
}

function clientOver(socket: Socket, sender: FrameSender): HsmClient {
  const pending = new Map<number, Pending>();
  let lastRequestId = 0;

  const nextRequestId = () => {
    do lastRequestId = lastRequestId === MAX_REQUEST_ID ? 1 : lastRequestId + 1;
    while (pending.has(lastRequestId));
    return lastRequestId;
  };
  const call = async <Name extends VerbName>(name: Name, args: Arguments<Name>): Promise<Result<Name>> => {
    if (socket.destroyed) throw unavailable();
    const { kind, arguments: codec, result }: Verb<Name> = verbs[name];
    const body = encodeWith(codec, args);
    const requestId = nextRequestId();
    sender.send({ requestId, kind, body });
    const answer = await new Promise<Frame>((resolve, reject) => {
      pending.set(requestId, { settle: resolve, fail: reject });
    });
    if (answer.kind !== STATUS_OK) throw errorOf(answer);
    return decodeWith(result, answer.body);
  };

  const reader = new FrameReader((frame) => {
    const waiting = pending.get(frame.requestId);
    pending.delete(frame.requestId);
    waiting?.settle(frame);
  });
  socket.on('data', (chunk) => {
    try {
      reader.push(chunk);
    } catch {
      socket.destroy();
    }
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      for (const waiting of pending.values()) waiting.fail(unavailable());
      pending.clear();
      resolve();
    });
  });
  return {
    ...verbsOver(call),
    call,
    closed,
    async close() {
      sender.flush();
      socket.end();
      await closed;
    },
  };
}

function errorOf({ kind, body }: Frame): Error {
  const message = body.toString('utf8');
  for (const [errorKind, status] of Object.entries(errorStatuses)) {
    if (status === kind) return new HsmError(errorKind as HsmErrorKind, message);
  }
  return new Error(kind === STATUS_DEFECT ? message : `the HSM process answered with unknown status ${kind}`);
}

function unavailable(): HsmError {
  return new HsmError('unavailable', 'the HSM process ended; it is being restarted');
}

/** The launch token must not reach another user: only this user can own and use the socket. */
async function requirePrivateSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  const isOurs = stats?.isSocket() && stats.uid === (process.geteuid?.() ?? stats.uid) && (stats.mode & 0o077) === 0;
  if (!isOurs) throw new HsmError('unavailable', 'the HSM socket is missing, or open to other users');
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const refuse = () => reject(new HsmError('unavailable', 'the HSM socket does not answer'));
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      // Nothing to do: `close` follows, and fails the pending requests.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
