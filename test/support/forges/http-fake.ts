/** What the fakes of forges share: a server of routes, with pages, failures on demand, and a list of what was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or bytes as they are. */
  readonly body?: unknown;
}

type Handler = (asked: Asked, ...parts: string[]) => Answer | Promise<Answer>;
export type Route = readonly [method: string, path: RegExp, handler: Handler];

export interface HttpFake {
  readonly address: string;
  readonly asked: Asked[];
  /** Answers the next requests instead of the routes. */
  fail(...answers: readonly Answer[]): void;
  /** Requests of this kind wait until `count` of them are there: two runs at once. */
  together(method: string, path: RegExp, count: number): void;
  stop(): Promise<void>;
}

export async function startFake(
  routes: readonly Route[],
  refuse: (asked: Asked) => Answer | undefined,
): Promise<HttpFake> {
  const asked: Asked[] = [];
  const failures: Answer[] = [];
  let meeting:
    | { readonly method: string; readonly path: RegExp; readonly count: number; waiting: (() => void)[] }
    | undefined;
  const meet = async ({ method, path }: Asked) => {
    if (meeting?.method !== method || !meeting.path.test(path)) return;
    const { waiting, count } = meeting;
    if (waiting.length + 1 === count) {
      meeting = undefined;
      for (const go of waiting) go();
    } else await new Promise<void>((go) => waiting.push(go));
  };
  const server = createServer(async (request, response) => {
    const one = await read(request);
    asked.push(one);
    const failure = failures.shift();
    const route = routes.find(([method, path]) => method === one.method && path.test(one.path));
    await meet(one);
    const answer =
      failure ??
      refuse(one) ??
      (route ? await route[2](one, ...(route[1].exec(one.path)?.slice(1) ?? [])) : { status: 404 });
    write(response, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fail: (...answers) => failures.push(...answers),
    together(method, path, count) {
      meeting = { method, path, count, waiting: [] };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { method = '', url = '/', headers } = request;
  const { pathname, searchParams } = new URL(url, 'http://fake');
  const body = headers['content-type'] === 'application/json' ? JSON.parse(text) : {};
  return { method, path: pathname, query: searchParams, headers, body };
}

function write(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  const bytes = Buffer.isBuffer(body) ? body : body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes);
}

/** A page of a list, with the Link header that names the next one. @param wrap GitHub's lists of workflows are in a member */
export function page(asked: Asked, address: string, all: readonly unknown[], wrap?: string): Answer {
  const size = Math.min(Number(asked.query.get('per_page') ?? 30), 100);
  const number = Number(asked.query.get('page') ?? 1);
  const part = all.slice((number - 1) * size, number * size);
  const query = new URLSearchParams(asked.query);
  query.set('page', String(number + 1));
  const link = `<${address}${asked.path}?${query}>; rel="next", <${address}${asked.path}?page=9>; rel="last"`;
  return {
    headers: number * size < all.length ? { link } : {},
    body: wrap === undefined ? part : { total_count: all.length, [wrap]: part },
  };
}
