/**
 * HTTPS to external key store proxies: kept-alive connections, TLS 1.2 or newer, the proxy's certificate verified for
 * its host name, no redirects, one deadline for everything from look-up to the last byte.
 */
import { Agent, type RequestOptions, request } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { XksFailure } from '../domain/key-stores/xks-failures.ts';
import { XksError } from './port/xks.ts';
import { printable } from './printable.ts';

/** How proxies are found and trusted; it can change while calls are made. */
export interface ProxyAddressing {
  /** PEM; trusted beside the authorities that Node.js trusts, those of NODE_EXTRA_CA_CERTS among them. */
  readonly extraCertificateAuthorities?: string;
  /** Where to connect instead of port 443 of a host; the certificate is still verified for the host. */
  readonly connectTo?: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
}

export interface TransportOptions extends ProxyAddressing {
  /** For one call, connecting included. AWS uses 250. */
  readonly timeoutMs: number;
}

export interface ProxyRequest {
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

export interface ProxyResponse {
  readonly status: number;
  readonly body: Buffer;
}

export interface Transport {
  /** @throws XksError `unreachable`, `tls`, `timeout`, `malformed` */
  post(request: ProxyRequest): Promise<ProxyResponse>;
  /** For new calls; calls under way end as they began. */
  readdress(addressing: ProxyAddressing): void;
  close(): void;
}

const HTTPS_PORT = 443;
/** An encrypt answer is under 9 KiB. */
const MAX_RESPONSE_BYTES = 64 * 1024;
const MAX_IDLE_CONNECTIONS = 32;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where to connect for a host. */
export function addressOf(hostname: string, connectTo: ProxyAddressing['connectTo']): Address {
  return connectTo?.get(hostname.toLowerCase()) ?? { host: hostname, port: HTTPS_PORT };
}

/** TLS 1.2 or newer, with the authorities that are trusted. */
export function trustOf({ extraCertificateAuthorities }: ProxyAddressing): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(extraCertificateAuthorities && { ca: [...getCACertificates(), extraCertificateAuthorities] }),
  });
}

/** Where and how to connect. */
class Route {
  readonly agent: Agent;
  readonly tls;
  readonly #connectTo: ProxyAddressing['connectTo'];

  constructor(addressing: ProxyAddressing) {
    this.tls = {
      // Made once: reading all authorities again for each connection would take a good part of its deadline.
      secureContext: trustOf(addressing),
      // Also where the environment turns it off.
      rejectUnauthorized: true,
    } as const;
    this.agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE_CONNECTIONS, ...this.tls });
    this.#connectTo = addressing.connectTo;
  }

  to(hostname: string): Address {
    return addressOf(hostname, this.#connectTo);
  }

  /** Closes idle connections now, the others after their answer. */
  retire(): void {
    this.agent.maxFreeSockets = 0;
    for (const sockets of Object.values(this.agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

export function createTransport({ timeoutMs, ...addressing }: TransportOptions): Transport {
  let route = new Route(addressing);
  return {
    async post({ hostname, path, headers, payload }) {
      const { agent, tls } = route;
      const options = { ...route.to(hostname), servername: hostname, path, method: 'POST', headers };
      const deadline = AbortSignal.timeout(timeoutMs);
      const answer = await exchange({ ...options, agent }, payload, deadline);
      // A proxy can close a kept-alive connection just as it is used again, which is not a failure: the call is
      // repeated.
      return answer ?? (await requireAnswer(exchange({ ...options, ...tls, agent: false }, payload, deadline)));
    },
    readdress(next) {
      const former = route;
      route = new Route(next);
      former.retire();
    },
    close: () => route.agent.destroy(),
  };
}

type Stage = 'connecting' | 'handshaking' | 'waiting' | 'reading';

/** The failure when the connection breaks in a stage. */
const failures: Readonly<Record<Stage, XksFailure>> = {
  connecting: 'unreachable',
  handshaking: 'tls',
  waiting: 'unreachable',
  reading: 'malformed',
};

const activities: Readonly<Record<Stage, string>> = {
  connecting: 'connecting to',
  handshaking: 'agreeing on TLS with',
  waiting: 'waiting for an answer of',
  reading: 'reading the answer of',
};

const MAX_CAUSE = 300;

/** `agreeing on TLS with xks.example.com (10.0.0.7:443): certificate has expired (CERT_HAS_EXPIRED)` */
function failedWhile(stage: Stage, { servername, host, port }: RequestOptions, error?: NodeJS.ErrnoException): string {
  const { code, message = 'the connection was closed' } = error ?? {};
  const cause = code === undefined || message.includes(code) ? message : `${message} (${code})`;
  return `${activities[stage]} ${servername} (${host}:${port}): ${printable(cause, MAX_CAUSE)}`;
}

/**
 * Whether TLS itself refused. In TLS 1.3 the client has finished the handshake before the server looks at its
 * certificate, so that a proxy that demands one refuses while the client waits for an answer (RFC 8446 section 4.4.2.4).
 */
function isTlsFailure(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.code !== undefined && (error.code.startsWith('ERR_SSL_') || error.code === 'EPROTO');
}

async function requireAnswer(answer: Promise<ProxyResponse | undefined>): Promise<ProxyResponse> {
  const response = await answer;
  if (response) return response;
  throw new XksError('unreachable', 'the proxy closed the connection before it answered');
}

/** @returns undefined when a kept-alive connection was closed before an answer. */
function exchange(
  options: RequestOptions,
  payload: Uint8Array,
  deadline: AbortSignal,
): Promise<ProxyResponse | undefined> {
  return new Promise((resolve, reject) => {
    let stage: Stage = 'connecting';
    const fail = (error?: NodeJS.ErrnoException) => {
      if (deadline.aborted)
        reject(
          new XksError(
            'timeout',
            `the deadline passed while ${activities[stage]} ${options.servername} (${options.host}:${options.port})`,
          ),
        );
      else if (sent.reusedSocket && stage === 'waiting') resolve(undefined);
      else reject(new XksError(isTlsFailure(error) ? 'tls' : failures[stage], failedWhile(stage, options, error)));
    };
    const sent = request({ ...options, signal: deadline }, (response) => {
      stage = 'reading';
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_RESPONSE_BYTES) sent.destroy(new Error(`the answer has over ${MAX_RESPONSE_BYTES} bytes`));
      });
      response.once('error', fail);
      response.once('end', () => {
        if (response.complete) resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
        else fail();
      });
      response.once('close', () => fail());
    });
    sent.once('socket', (socket: Socket) => {
      if (sent.reusedSocket) stage = 'waiting';
      else {
        socket.once('connect', () => {
          stage = 'handshaking';
        });
        socket.once('secureConnect', () => {
          stage = 'waiting';
        });
      }
    });
    sent.once('error', fail);
    sent.end(payload);
  });
}
