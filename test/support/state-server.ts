/**
 * A server for Terraform states by the HTTP backend, with locks: at any address, and at GitLab's.
 * Sources: Terraform, "Backend Type: http"; GitLab Docs, "GitLab-managed Terraform/OpenTofu state".
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StateServer {
  readonly url: string;
  /** By the path of their address. */
  readonly states: ReadonlyMap<string, string>;
  /** What a run wrote that holds the lock, by the path of the state's address. */
  readonly locks: Map<string, string>;
  close(): Promise<void>;
}

/** @param credentials of the only user, `name:password` */
export async function startStateServer(credentials: string): Promise<StateServer> {
  const states = new Map<string, string>();
  const locks = new Map<string, string>();
  const expected = `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer(async (request, response) => {
    const { status, body = '' } =
      request.headers.authorization === expected ? await answer(request, states, locks) : { status: 401 };
    end(response, status, body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    states,
    locks,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

type Answer = { readonly status: number; readonly body?: string };

async function answer(
  request: IncomingMessage,
  states: Map<string, string>,
  locks: Map<string, string>,
): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const body = await text(request);
  const isLock = pathname.endsWith('/lock');
  const name = isLock ? pathname.slice(0, -'/lock'.length) : pathname;
  const method = request.method ?? '';
  if (method === 'LOCK' || (isLock && method === 'POST')) return lock(name, body, locks);
  if (method === 'UNLOCK' || (isLock && method === 'DELETE')) {
    locks.delete(name);
    return { status: 200 };
  }
  if (method === 'GET') return states.has(name) ? { status: 200, body: states.get(name) ?? '' } : { status: 404 };
  if (method !== 'POST') return { status: 405 };
  const held = locks.get(name);
  if (held !== undefined && idOf(held) !== searchParams.get('ID')) return { status: 423, body: held };
  states.set(name, body);
  return { status: 200 };
}

function lock(name: string, body: string, locks: Map<string, string>): Answer {
  const held = locks.get(name);
  if (held !== undefined) return { status: 423, body: held };
  locks.set(name, body);
  return { status: 200 };
}

const idOf = (held: string): unknown => (JSON.parse(held) as { readonly ID?: unknown }).ID;
