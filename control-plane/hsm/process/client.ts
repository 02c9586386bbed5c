/**
 * HsmClient: the Hsm as the API process sees it, through one connection. Requests are pipelined. Once the connection is
 * lost, all pending and later requests fail with `unavailable`. No key material passes here except where a verb's
 * contract returns it.
 */
import { randomBytes } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Hsm } from '../port/hsm.ts';
import { HsmError, type HsmErrorKind } from '../port/hsm-error.ts';
import { decodeWith } from './codec.ts';
import { type Frame, FrameReader, FrameSender } from './frames.ts';
import { helloBody, isWelcome, NONCE_BYTES, readChallenge } from './handshake.ts';
import { withPeerProof } from './peer.ts';
import {
  type Arguments,
  CHALLENGE,
  errorStatuses,
  GOODBYE,
  HELLO,
  type Result,
  STATUS_DEFECT,
  STATUS_OK,
  type Verb,
  type VerbName,
  verbNames,
  verbs,
  WELCOME,
} from './protocol.ts';

const MAX_REQUEST_ID = 2 ** 32 - 1;

/** Sends one request; every method of a remote Hsm calls it with its verb. */
export type Call = <Name extends VerbName>(name: Name, args: Arguments<Name>) => Promise<Result<Name>>;

/** All verbs of the port over one `call`. */
export function verbsOver(call: Call): Omit<Hsm, 'close'> {
  const methods = verbNames.map((name) => [name, (...args: Arguments<typeof name>) => call(name, args)]);
  return Object.fromEntries(methods) as Omit<Hsm, 'close'>;
}

export interface HsmClient extends Omit<Hsm, 'close'> {
  readonly call: Call;
  /** @param options.endsHsm asks an HSM that was started for this client to end */
  close(options?: { readonly endsHsm: boolean }): Promise<void>;
  /** Resolves once the connection is closed, whichever side closed it. */
  readonly closed: Promise<void>;
}

interface Pending {
  settle(frame: Frame): void;
  fail(error: HsmError): void;
}

export interface ConnectOptions {
  readonly socketPath: string;
  /** Stays the caller's, who wipes it. */
  readonly sharedToken: SecretBytes;
  /** Numeric id of the user as whom the HSM runs; default: this process's own. */
  readonly hsmUid?: number;
}

/** One side did not prove itself: trying again would not help. */
export class HsmRefusal extends HsmError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

/** An HSM that does not answer the handshake by then is not used. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Connects, and proves the shared token; the HSM must prove it too.
 * @throws HsmError `unavailable` when other users could have created or can use the socket, or it does not answer, or
 *   one side does not know the token.
 */
export async function connectHsm(options: ConnectOptions): Promise<HsmClient> {
  await requirePrivateSocket(options);
  const socket = await openSocket(options.socketPath);
  const timer = setTimeout(() => socket.destroy(), HANDSHAKE_TIMEOUT_MS);
  try {
    const frames = new FrameQueue(socket);
    const sender = new FrameSender(socket);
    await shakeHands(frames, sender, options.sharedToken);
    return clientOver(socket, sender, frames);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The client's side of handshake.ts. @throws HsmError `unavailable` */
async function shakeHands(frames: FrameQueue, sender: FrameSender, sharedToken: SecretBytes): Promise<void> {
  const challenge = await frames.next();
  if (challenge?.kind !== CHALLENGE) throw new HsmError('unavailable', 'the HSM socket does not answer as an HSM');
  const { serverNonce, peersDirectory } = readChallenge(challenge.body);
  const nonces = { server: serverNonce, client: randomBytes(NONCE_BYTES) };
  const prove = async () => {
    sender.send({ requestId: 0, kind: HELLO, body: helloBody(sharedToken, nonces) });
    return frames.next();
  };
  const welcome = await (peersDirectory === undefined
    ? prove()
    : withPeerProof(peersDirectory, serverNonce, prove).catch((error: unknown) => {
        throw new HsmError('unavailable', `the user cannot be proven to the HSM: ${messageOf(error)}`);
      }));
  if (welcome === undefined) {
    throw new HsmRefusal('the HSM refused this client: its token or its user is not the one expected');
  }
  if (welcome.kind !== WELCOME || !isWelcome(sharedToken, nonces, welcome.body)) {
    throw new HsmRefusal('the program behind the HSM socket does not know the shared token');
  }
}

/** Frames as they arrive: each to the one who waits, or, after the handshake, to `onFrame`. */
class FrameQueue {
  readonly #arrived: Frame[] = [];
  #waiting: ((frame: Frame | undefined) => void) | undefined;
  #closed = false;
  onFrame: ((frame: Frame) => void) | undefined;

  constructor(socket: Socket) {
    const reader = new FrameReader((frame) => this.#take(frame));
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.once('close', () => {
      this.#closed = true;
      this.#waiting?.(undefined);
    });
  }

  /** undefined once the connection is closed. */
  next(): Promise<Frame | undefined> {
    const frame = this.#arrived.shift();
    if (frame || this.#closed) return Promise.resolve(frame);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #take(frame: Frame): void {
    const taker = this.onFrame ?? this.#waiting;
    this.#waiting = undefined;
    if (taker) taker(frame);
    else this.#arrived.push(frame);
  }
}

function clientOver(socket: Socket, sender: FrameSender, frames: FrameQueue): HsmClient {
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
    const requestId = nextRequestId();
    sender.sendValue(requestId, kind, codec, args);
    const answer = await new Promise<Frame>((resolve, reject) => {
      pending.set(requestId, { settle: resolve, fail: reject });
    });
    if (answer.kind !== STATUS_OK) throw errorOf(answer);
    return decodeWith(result, answer.body);
  };

  frames.onFrame = (frame) => {
    const waiting = pending.get(frame.requestId);
    pending.delete(frame.requestId);
    waiting?.settle(frame);
  };
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
    async close({ endsHsm } = { endsHsm: false }) {
      if (endsHsm && !socket.destroyed) sender.send({ requestId: 0, kind: GOODBYE, body: Buffer.of() });
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
  return new HsmError('unavailable', 'the connection to the HSM was lost; it is being opened again');
}

/**
 * Only the HSM's user can have created the socket, and only that user and its group can use it. The token is proven
 * without being sent; this keeps a program of another user from seeing requests, whatever it knows.
 */
async function requirePrivateSocket({ socketPath, hsmUid = process.geteuid?.() }: ConnectOptions): Promise<void> {
  const [socket, directory] = await Promise.all([socketPath, dirname(socketPath)].map(statsOf));
  if (!socket?.isSocket()) {
    throw new HsmError('unavailable', `there is no HSM socket at ${socketPath}`);
  }
  const owners = hsmUid === undefined ? undefined : [hsmUid, 0];
  const isOwned = owners === undefined || (owners.includes(socket.uid) && owners.includes(directory?.uid ?? -1));
  const isPrivate = (socket.mode & 0o007) === 0 && ((directory?.mode ?? 0o777) & 0o022) === 0;
  if (!isOwned || !isPrivate) {
    throw new HsmError('unavailable', `the HSM socket at ${socketPath} belongs to another user, or is open to others`);
  }
}

function statsOf(path: string) {
  return lstat(path).catch(() => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
