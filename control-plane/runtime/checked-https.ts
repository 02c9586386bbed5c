/**
 * GET over HTTPS from an address that somebody else chose. The name is resolved once, every address is checked, and the
 * connection goes to a checked address: a name that resolves to another address a moment later changes nothing.
 * Redirects are not followed; time and size are limited.
 */
import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';
import type { Networks } from './networks.ts';

export interface Address {
  readonly address: string;
  /** 4 or 6 */
  readonly family: number;
}

export type Resolve = (hostname: string) => Promise<readonly Address[]>;

export interface Fetching {
  readonly networks: Networks;
  readonly deadlineMs: number;
  readonly maxBytes: number;
  /** Default: the operating system's resolver. */
  readonly resolve?: Resolve;
}

const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

/** The body of the answer. @throws Error for another status than 200, and whatever else prevents an answer */
export async function getChecked(where: URL, { networks, deadlineMs, maxBytes, resolve }: Fetching): Promise<string> {
  if (where.protocol !== 'https:') throw new Error('not HTTPS');
  if (where.username !== '' || where.password !== '') throw new Error('an address with credentials');
  const signal = AbortSignal.timeout(deadlineMs);
  const addresses = await inTime(addressesOf(where, resolve ?? systemResolve), signal);
  const allowed = addresses.filter(({ address }) => networks.allows(address));
  if (allowed.length === 0) throw new Error('not at an address that is allowed');
  const response = await answerFrom(where, allowed, signal);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`status ${response.statusCode}`);
  }
  return boundedText(response, maxBytes);
}

function addressesOf({ hostname }: URL, resolve: Resolve): Promise<readonly Address[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(literal);
  return family === 0 ? resolve(hostname) : Promise.resolve([{ address: literal, family }]);
}

/** Resolving a name cannot be cancelled: past the deadline, nobody waits for it. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((settle, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(settle, reject);
  });
}

function answerFrom(where: URL, [first, ...more]: readonly Address[], signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((settle, reject) => {
    const asked = request(
      where,
      {
        // A connection of its own: none that was made for another request is taken.
        agent: false,
        signal,
        headers: { accept: 'application/json' },
        lookup(_hostname, options, callback) {
          if (options.all) callback(null, [first, ...more] as { address: string; family: number }[]);
          else callback(null, first?.address ?? '', first?.family);
        },
      },
      settle,
    );
    asked.on('error', reject);
    asked.end();
  });
}

async function boundedText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
