/**
 * Bounds on connections: how many there are, from one address and in all; how long an answer can wait for its reader;
 * and how a refused connection ends. Without them a few clients could take every file descriptor of the process.
 */
import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { networkOf } from '../authentication/failed-authentications.ts';
import type { HttpBounds } from './bounds.ts';

export interface ConnectionLimits {
  readonly inAll: number;
  /** For an IPv6 client: for its network (/64). */
  readonly perAddress: number;
  /** Many clients share the address of a proxy, so only the limit for all connections counts there. */
  readonly isTrustedProxy: (address: string) => boolean;
}

export interface ConnectionEvents {
  opened(): void;
  closed(): void;
  /** @param limit the limit that the connection would have exceeded */
  refused(limit: 'address' | 'all', address: string): void;
  /** The connection was closed because its client did not read the answers. */
  notRead(address: string): void;
}

/** Asked for with every request. */
const addresses = new WeakMap<Socket, string>();

/** The client's address; an IPv4 address also where the socket listens on IPv6; '' on a Unix socket. */
export function addressOf(socket: Socket): string {
  const known = addresses.get(socket);
  if (known !== undefined) return known;
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  // A socket that was closed does not know its address any more.
  if (address !== '') addresses.set(socket, address);
  return address;
}

/** Call it once, before the server listens. */
export function boundConnections(
  server: Server,
  limits: ConnectionLimits,
  events: ConnectionEvents,
  { answerMs, checkMs }: Pick<HttpBounds, 'answerMs' | 'checkMs'>,
): void {
  admitWithinLimits(server, limits, events);
  const streams = new Map<Socket, number | undefined>();
  server.on(server instanceof HttpsServer ? 'secureConnection' : 'connection', (stream: Socket) => {
    if (stream.destroyed) return;
    streams.set(stream, undefined);
    stream.once('close', () => streams.delete(stream));
  });
  const sweep = setInterval(() => closeUnread(streams, answerMs, events), checkMs);
  sweep.unref();
  server.once('close', () => clearInterval(sweep));
}

/** The server's own listeners get a connection only if it is within the limits. */
function admitWithinLimits(server: Server, limits: ConnectionLimits, events: ConnectionEvents): void {
  const accept = server.listeners('connection');
  const open = new Map<string, number>();
  let openInAll = 0;
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const address = addressOf(socket);
    const network = networkOf(address);
    const fromThere = open.get(network) ?? 0;
    const isBeyond = fromThere >= limits.perAddress && !limits.isTrustedProxy(address);
    if (isBeyond || openInAll >= limits.inAll) {
      socket.destroy();
      return events.refused(isBeyond ? 'address' : 'all', address);
    }
    openInAll += 1;
    open.set(network, fromThere + 1);
    events.opened();
    socket.once('close', () => {
      openInAll -= 1;
      const left = (open.get(network) ?? 1) - 1;
      if (left > 0) open.set(network, left);
      else open.delete(network);
      events.closed();
    });
    for (const listener of accept) listener.call(server, socket);
  });
}

/** @param streams each with the time at which an answer was first found waiting */
function closeUnread(streams: Map<Socket, number | undefined>, answerMs: number, events: ConnectionEvents): void {
  const now = performance.now();
  for (const [stream, waitingSince] of streams) {
    if (stream.writableLength === 0) {
      if (waitingSince !== undefined) streams.set(stream, undefined);
    } else if (waitingSince === undefined) {
      streams.set(stream, now);
    } else if (now - waitingSince >= answerMs) {
      events.notRead(addressOf(stream));
      stream.destroy();
    }
  }
}

const ending = new WeakSet<Duplex>();
const discard = () => undefined;

/** Whether `endConnection` was called for it. */
export const isEnding = (socket: Duplex): boolean => ending.has(socket);

/**
 * Sends the last bytes and closes the connection in both directions: when the client has closed its side, or after
 * `lingerMs`. Until then what the client still sends is read and discarded, because closing a socket with unread bytes
 * resets it, and the client could lose the answer (RFC 9112 section 9.6).
 */
export function endConnection(socket: Duplex, lastBytes: string, lingerMs: number): void {
  if (ending.has(socket)) return;
  if (!socket.writable) return void socket.destroy();
  ending.add(socket);
  // Nothing of what follows is a request.
  socket.removeAllListeners('data');
  socket.on('data', discard);
  socket.on('error', discard);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  socket.end(lastBytes);
  socket.resume();
}
