/**
 * The HSM's side of the socket: admits one connection, which must begin with the launch token, and sends each answer as
 * soon as it is ready. It handles secrets, so it prints nothing.
 */
import { timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Hsm } from '../port/hsm.ts';
import { HsmError } from '../port/hsm-error.ts';
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

/** A connection that has not sent the launch token by then is closed. */
const HELLO_TIMEOUT_MS = 5_000;

export interface ServeOptions {
  readonly hsm: Hsm;
  readonly socketPath: string;
  /** Wiped as soon as one connection has sent it. */
  readonly launchToken: SecretBytes;
  /** Called when the admitted connection closes: no client can use this process again. */
  readonly onClientGone: () => void;
}

/** Listens on a new socket of mode 0600, which is removed from the file system once the client is admitted. */
export async function serveHsm(options: ServeOptions): Promise<void> {
  const server = createServer();
  let admitted = false;
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    const timer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS);
    const sender = new FrameSender(socket);
    let isClient = false;
    const reader = new FrameReader((frame) => {
      if (isClient) {
        void answer(options.hsm, frame).then(
          (reply) => sender.send(reply),
          () => socket.destroy(),
        );
        return;
      }
      if (admitted || !hasLaunchToken(frame, options.launchToken)) {
        socket.destroy();
        return;
      }
      clearTimeout(timer);
      isClient = true;
      admitted = true;
      admit(server, socket, options);
    });
    socket.on('data', (chunk) => {
      try {
        if (!socket.destroyed) reader.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.once('close', () => clearTimeout(timer));
  });
  await listenPrivately(server, options.socketPath);
}

function admit(server: Server, socket: Socket, { launchToken, socketPath, onClientGone }: ServeOptions): void {
  launchToken.wipe();
  socket.once('close', onClientGone);
  server.close();
  void rm(socketPath, { force: true });
}

function hasLaunchToken({ kind, body }: Frame, launchToken: SecretBytes): boolean {
  return (
    kind === HELLO && launchToken.use((expected) => body.length === expected.length && timingSafeEqual(body, expected))
  );
}

/** The umask creates the socket with mode 0600. */
function listenPrivately(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const previousMask = process.umask(0o177);
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
    process.umask(previousMask);
  });
}

const namesByKind = new Map<number, VerbName>(verbNames.map((name) => [verbs[name].kind, name]));

/** Answers one request; errors become an answer too. */
async function answer(hsm: Hsm, { requestId, kind, body }: Frame): Promise<Frame> {
  try {
    const name = namesByKind.get(kind);
    if (name === undefined) throw new HsmError('unsupported', `the HSM has no verb ${kind}`);
    return { requestId, kind: STATUS_OK, body: await run(hsm, name, body) };
  } catch (error) {
    return { requestId, ...failure(error) };
  } finally {
    body.fill(0);
  }
}

async function run<Name extends VerbName>(hsm: Hsm, name: Name, body: Buffer): Promise<Buffer> {
  const verb: Verb<Name> = verbs[name];
  const method = hsm[name] as (...args: Arguments<Name>) => Promise<Result<Name>>;
  const result = await method.apply(hsm, decodeWith(verb.arguments, body));
  const encoded = encodeWith(verb.result, result);
  wipeBytes(result);
  return encoded;
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
