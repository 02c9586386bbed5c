/**
 * The HSM's side of the socket: admits clients that prove the shared token (handshake.ts), and sends each answer as
 * soon as it is ready. It handles secrets, so it prints nothing.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Hsm } from '../port/hsm.ts';
import { HsmError } from '../port/hsm-error.ts';
import { decodeWith } from './codec.ts';
import { type Frame, FrameReader, FrameSender } from './frames.ts';
import { challengeBody, NONCE_BYTES, readHello, welcomeBody } from './handshake.ts';
import { isPeer, makePeersDirectory } from './peer.ts';
import {
  type Arguments,
  CHALLENGE,
  type ClientReport,
  errorStatuses,
  GOODBYE,
  HELLO,
  type HsmSocket,
  type Result,
  STATUS_DEFECT,
  STATUS_OK,
  type Verb,
  type VerbName,
  verbNames,
  verbs,
  WELCOME,
} from './protocol.ts';

/** A connection that has not finished the handshake by then is closed. */
const HELLO_TIMEOUT_MS = 5_000;
/** Connections in all, strangers included; each server of an installation needs one. */
const MAX_CONNECTIONS = 256;

export interface ServeOptions {
  readonly hsm: Hsm;
  readonly socket: HsmSocket;
  readonly sharedToken: SecretBytes;
  /** Called whenever a client was admitted, said goodbye or left. */
  readonly onClients: (report: ClientReport) => void;
}

/** Listens on a new socket; one that an earlier process has left is replaced. */
export async function serveHsm(options: ServeOptions): Promise<void> {
  const { socket: place, onClients } = options;
  if (place.peers) await makePeersDirectory(place.peers.directory);
  const server = createServer();
  server.maxConnections = MAX_CONNECTIONS;
  let clients = 0;
  server.on('connection', (socket) => {
    serveConnection(socket, options, {
      onAdmitted() {
        onClients({ clients: ++clients });
        socket.once('close', () => onClients({ clients: --clients }));
      },
      onGoodbye: () => onClients({ clients, goodbye: true }),
    });
  });
  await rm(place.path, { force: true });
  await listenPrivately(server, place);
}

interface ConnectionEvents {
  /** The handshake has succeeded. */
  onAdmitted(): void;
  onGoodbye(): void;
}

function serveConnection(socket: Socket, options: ServeOptions, { onAdmitted, onGoodbye }: ConnectionEvents): void {
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS);
  socket.once('close', () => clearTimeout(timer));
  const sender = new FrameSender(socket);
  const serverNonce = randomBytes(NONCE_BYTES);
  let state: 'challenged' | 'proving' | 'admitted' = 'challenged';
  const reader = new FrameReader((frame) => {
    if (state === 'admitted') {
      return frame.kind === GOODBYE ? onGoodbye() : void reply(options.hsm, frame, sender, socket);
    }
    // A client waits for the welcome: a stranger that does not is sent away.
    if (state === 'proving') return void socket.destroy();
    state = 'proving';
    void admits(options, serverNonce, frame).then((welcome) => {
      if (!welcome || socket.destroyed) return void socket.destroy();
      clearTimeout(timer);
      state = 'admitted';
      onAdmitted();
      sender.send({ requestId: 0, kind: WELCOME, body: welcome });
    });
  });
  socket.on('data', (chunk) => {
    try {
      if (!socket.destroyed) reader.push(chunk);
    } catch {
      socket.destroy();
    }
  });
  sender.send({ requestId: 0, kind: CHALLENGE, body: challengeBody(serverNonce, options.socket.peers?.directory) });
}

/** @returns the body of the welcome; undefined for a stranger */
async function admits(
  { sharedToken, socket: { peers } }: ServeOptions,
  server: Uint8Array,
  { kind, body }: Frame,
): Promise<Buffer | undefined> {
  const client = kind === HELLO ? readHello(sharedToken, server, body) : undefined;
  if (!client || (peers && !(await isPeer(peers, server)))) return undefined;
  return welcomeBody(sharedToken, { server, client });
}

async function reply(hsm: Hsm, request: Frame, sender: FrameSender, socket: Socket): Promise<void> {
  const { requestId, body } = request;
  try {
    await run(hsm, request, sender);
  } catch (error) {
    // The client must not wait for an answer that cannot be sent.
    if (!socket.destroyed) sender.send({ requestId, ...failure(error) });
  } finally {
    body.fill(0);
  }
}

/** The umask creates the socket with its mode. */
function listenPrivately(server: Server, { path, mode }: HsmSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const previousMask = process.umask(0o777 & ~mode);
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
    process.umask(previousMask);
  });
}

const namesByKind = new Map<number, VerbName>(verbNames.map((name) => [verbs[name].kind, name]));

/** Runs the verb and sends its result. @throws HsmError, RangeError for a result that is too large, and what the verb throws */
async function run(hsm: Hsm, { requestId, kind, body }: Frame, sender: FrameSender): Promise<void> {
  const name = namesByKind.get(kind);
  if (name === undefined) throw new HsmError('unsupported', `the HSM has no verb ${kind}`);
  return runVerb(hsm, name, { requestId, body }, sender);
}

async function runVerb<Name extends VerbName>(
  hsm: Hsm,
  name: Name,
  { requestId, body }: Pick<Frame, 'requestId' | 'body'>,
  sender: FrameSender,
): Promise<void> {
  const verb: Verb<Name> = verbs[name];
  const method = hsm[name] as (...args: Arguments<Name>) => Promise<Result<Name>>;
  const result = await method.apply(hsm, decodeWith(verb.arguments, body));
  try {
    sender.sendValue(requestId, STATUS_OK, verb.result, result);
  } finally {
    wipeBytes(result);
  }
}

function failure(error: unknown): Pick<Frame, 'kind' | 'body'> {
  if (error instanceof HsmError) return { kind: errorStatuses[error.kind], body: Buffer.from(error.message) };
  // The message of any other error could contain secrets; only its name leaves the process.
  const name = error instanceof Error ? error.name : 'unknown error';
  return { kind: STATUS_DEFECT, body: Buffer.from(`the HSM failed: ${name}`) };
}

/** Wipes a result that has been encoded. */
function wipeBytes(result: unknown): void {
  if (result instanceof Uint8Array) result.fill(0);
  else if (typeof result === 'object' && result !== null) Object.values(result).forEach(wipeBytes);
}
