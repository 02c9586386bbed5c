/** No client can hold a connection for ever, or take all of them. */

import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCallers } from '@keystead/control-plane/authentication/callers.ts';
import { createFailedAuthentications } from '@keystead/control-plane/authentication/failed-authentications.ts';
import { createWebIdentities } from '@keystead/control-plane/authentication/web-identity.ts';
import { createWebIdentityCallers } from '@keystead/control-plane/authentication/web-identity-callers.ts';
import { createKeyFetcher } from '@keystead/control-plane/authentication/web-identity-keys.ts';
import { publicNetworksAnd } from '@keystead/control-plane/runtime/networks.ts';
import { connectionLimits, reportConnections } from '@keystead/control-plane/startup/connection-config.ts';
import { createMetrics } from '@keystead/control-plane/startup/metrics.ts';
import { createHttpServer, type Surface } from '@keystead/control-plane/wire/app.ts';
import { createMetricsServer } from '@keystead/control-plane/wire/metrics-server.ts';
import pino from 'pino';
import { openTestControlPlane, region, type TestControlPlane } from '../support/test-control-plane.ts';

/** So short that a test can wait for them. */
const bounds = { headersMs: 300, requestMs: 500, answerMs: 300, keepAliveMs: 300, lingerMs: 200, checkMs: 50 };
const DRIP_MS = 20;

let controlPlane: TestControlPlane;
beforeAll(async () => {
  controlPlane = await openTestControlPlane();
});
afterAll(() => controlPlane?.close());

const clients = new Set<Socket>();
const servers = new Set<Server>();
afterEach(async () => {
  for (const client of clients) client.destroy();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  clients.clear();
  servers.clear();
});

interface Served {
  readonly port: number;
  metric(name: string): Promise<number>;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  readonly log: () => readonly Record<string, unknown>[];
}

interface Options {
  readonly max?: number;
  readonly maxPerAddress?: number;
  readonly trustedProxies?: string;
  readonly metricsFor?: Surface['metricsFor'];
}

async function serve({ max = 10_000, maxPerAddress = 10_000, trustedProxies = '', metricsFor }: Options = {}) {
  const { engines } = controlPlane;
  const { store, credentials, sealedTokens } = engines;
  const metrics = createMetrics();
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const limits = connectionLimits({ max, maxPerAddress, trustedProxies });
  const reports = reportConnections(limits, metrics, log);
  let accepted = 0;
  const opened = () => {
    accepted += 1;
    reports.opened();
  };
  const server = createHttpServer(
    {
      engines,
      admission: {
        callers: createCallers(store, credentials, sealedTokens),
        webIdentityCallers: createWebIdentityCallers(
          createWebIdentities(store, createKeyFetcher({ networks: publicNetworksAnd() })),
          region,
        ),
        trustedServices: new Map(),
        failures: createFailedAuthentications(100),
      },
      ready: async () => undefined,
      metricsFor: metricsFor ?? (() => undefined),
      connections: { limits, events: { ...reports, opened } },
    },
    undefined,
    bounds,
  );
  const served: Served = {
    port: await portOf(server),
    async metric(name) {
      const { text } = await metrics.expose();
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length),
      );
    },
    accepted: () => accepted,
    log: () => lines.map((line) => JSON.parse(line)),
  };
  return served;
}

async function portOf(server: Server): Promise<number> {
  servers.add(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

interface Client {
  readonly socket: Socket;
  received(): string;
  readonly closed: Promise<void>;
}

/** A client that never closes its side of the connection by itself. */
async function client(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  clients.add(socket);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  await new Promise((connected) => socket.once('connect', connected).once('close', connected));
  return { socket, received: () => text, closed };
}

/** Sends a byte again and again, until the connection is gone. */
function drip(socket: Socket, byte: string): void {
  const timer = setInterval(() => {
    if (socket.writable) socket.write(byte);
  }, DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(DRIP_MS);
}

type Behaviour = (socket: Socket) => void;
const request = (head: string) => `${head}\r\nHost: x\r\n`;

const behaviours: readonly (readonly [title: string, clients: number, behave: Behaviour])[] = [
  ['sends nothing', 1000, () => undefined],
  [
    'sends its headers slowly',
    100,
    (socket) => {
      socket.write(`${request('POST / HTTP/1.1')}X-Slow: `);
      drip(socket, 'x');
    },
  ],
  [
    'sends its body slowly',
    100,
    (socket) => {
      socket.write(`${request('POST / HTTP/1.1')}Content-Length: 100000\r\n\r\n`);
      drip(socket, 'x');
    },
  ],
  [
    'asks for a tunnel and goes on sending',
    200,
    (socket) => {
      socket.write(`${request('CONNECT x:1 HTTP/1.1')}\r\n`);
      drip(socket, 'x');
    },
  ],
  [
    'asks for another protocol',
    100,
    (socket) => {
      socket.write(`${request('GET /healthz HTTP/1.1')}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    },
  ],
  [
    'sends what is not HTTP and goes on sending',
    200,
    (socket) => {
      socket.write('nonsense\r\n\r\n');
      drip(socket, 'x');
    },
  ],
  [
    'closes its side in the middle of a request',
    200,
    (socket) => {
      socket.end(`${request('POST / HTTP/1.1')}Content-Length: 10\r\n\r\nhalf`);
    },
  ],
  [
    'does not read the answers',
    20,
    (socket) => {
      socket.pause();
      socket.write(`${request('GET /v1/openapi.json HTTP/1.1')}\r\n`.repeat(40));
    },
  ],
  [
    'sends a request and then nothing',
    200,
    (socket) => {
      socket.write(`${request('GET /healthz HTTP/1.1')}\r\n`);
    },
  ],
];

test.each(behaviours)('a client that %s is disconnected, both directions, even if it never closes', async (...row) => {
  const [, count, behave] = row;
  const { port, metric, accepted } = await serve();
  await Promise.all(Array.from({ length: count }, async () => behave((await client(port)).socket)));
  await until(async () => accepted() === count && (await metric('keystead_connections')) === 0);
  // Others are served meanwhile and afterwards.
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test('the last answer reaches a client that is still sending', async () => {
  const { port } = await serve();
  const tunnel = await client(port);
  tunnel.socket.write(`${request('CONNECT x:1 HTTP/1.1')}\r\n${'x'.repeat(100_000)}`);
  const nonsense = await client(port);
  nonsense.socket.write(`nonsense\r\n\r\n${'x'.repeat(100_000)}`);
  await Promise.all([tunnel, nonsense].map(({ socket }) => new Promise((ended) => socket.once('end', ended))));
  expect(tunnel.received()).toContain('UnknownOperationException');
  expect(nonsense.received()).toContain('The request is not valid HTTP/1.1.');
});

test('a client that did not read the answers is counted and logged', async () => {
  const { port, metric, log } = await serve();
  const { socket } = await client(port);
  socket.pause();
  socket.write(`${request('GET /v1/openapi.json HTTP/1.1')}\r\n`.repeat(40));
  await until(async () => (await metric('keystead_connections_not_read_total')) === 1);
  expect(log()).toEqual([expect.objectContaining({ address: '127.0.0.1', connections: 1 })]);
});

test('one address has no more connections than its limit, and gets them back when it closes some', async () => {
  const { port, metric, log } = await serve({ maxPerAddress: 50 });
  const all = await Promise.all(Array.from({ length: 80 }, () => client(port)));
  await until(async () => (await metric('keystead_connections_refused_total{limit="address"}')) === 30);
  expect(await metric('keystead_connections')).toBe(50);
  const [line, ...more] = log();
  expect(more).toEqual([]);
  expect(line).toMatchObject({ address: '127.0.0.1', maxPerAddress: 50, connections: 1 });
  for (const { socket } of all) socket.destroy();
  await until(async () => (await metric('keystead_connections')) === 0);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test('a trusted proxy is limited only by the number of all connections', async () => {
  const { port, metric, log } = await serve({ maxPerAddress: 10, max: 40, trustedProxies: '10.0.0.1, 127.0.0.0/8' });
  await Promise.all(Array.from({ length: 60 }, () => client(port)));
  await until(async () => (await metric('keystead_connections_refused_total{limit="all"}')) === 20);
  expect(await metric('keystead_connections')).toBe(40);
  expect(log()).toEqual([expect.objectContaining({ max: 40 })]);
});

test.each(['banana', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129'])(
  '--trusted-proxies %s is refused',
  (trustedProxies) => {
    expect(() => connectionLimits({ max: 1, maxPerAddress: 1, trustedProxies })).toThrow(
      `--trusted-proxies: "${trustedProxies}" is not an address or network.`,
    );
  },
);

describe('metrics', () => {
  const exposition = async () => ({ contentType: 'text/plain', text: 'keystead_test 1\n' });

  test('are not shown to a client that must not read them at this door', async () => {
    const seen: string[] = [];
    const { port } = await serve({
      metricsFor: (address) => {
        seen.push(address);
        return undefined;
      },
    });
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect([response.status, seen]).toEqual([400, ['127.0.0.1']]);
    expect(await response.text()).not.toContain('keystead_');
  });

  test('have a server of their own that serves nothing else', async () => {
    const events = { opened: () => undefined, closed: () => undefined, refused: () => undefined };
    const server = createMetricsServer(exposition, { ...events, notRead: () => undefined }, bounds);
    const at = `http://127.0.0.1:${await portOf(server)}`;
    expect(await (await fetch(`${at}/metrics`)).text()).toBe('keystead_test 1\n');
    expect((await fetch(`${at}/metrics`, { method: 'HEAD' })).headers.get('content-length')).toBe('16');
    const others = [fetch(`${at}/healthz`), fetch(`${at}/v1/keys`), fetch(`${at}/metrics`, { method: 'POST' })];
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});
