/** A real server under thousands of connections, and metrics at an address of their own. */
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';

// Every address of 127.0.0.0/8 is there.
needs('linux');

const clients = new Set<Socket>();
let server: TestServer | undefined;
afterEach(async () => {
  endFloods();
  await server?.stop();
  server = undefined;
});

/** Floods whose connections are opened again when the server closes them, so that no step depends on its speed. */
let isFlooding = false;

/** More at once than the kernel queues for a server are dropped, and tried again only after seconds. */
const OPENED_AT_ONCE = 200;

/** Keeps connections open that send nothing, from one address. */
async function flood(endpoint: string, localAddress: string, count: number): Promise<void> {
  const { port } = new URL(endpoint);
  const open = () => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress });
    clients.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clients.delete(socket);
      if (isFlooding) setTimeout(open, 500);
    });
    return new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  };
  isFlooding = true;
  for (let opened = 0; opened < count; opened += OPENED_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, count - opened) }, open));
  }
}

function endFloods(): void {
  isFlooding = false;
  for (const client of clients) client.destroy();
}

function read(endpoint: string, path: string, localAddress: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = get(`${endpoint}${path}`, { localAddress, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
  });
}

const metric = (text: string, name: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length) ?? 0,
  );

/** `http://host:port/metrics`, from the log. */
function metricsUrl({ log }: TestServer): URL {
  const line = log()
    .split('\n')
    .find((text) => text.includes('"serving metrics"'));
  return new URL(String(JSON.parse(line ?? '{}').metrics));
}

test('thousands of silent connections from a few addresses keep others out only beyond the cap of all', async () => {
  const args = ['--metrics-listen', '127.0.0.1:0', '--max-connections', '3500', '--trusted-proxies', '127.0.0.9'];
  server = await startServer({ args });
  const { endpoint } = server;
  const { origin } = metricsUrl(server);
  const metrics = async () => (await read(origin, '/metrics', '127.0.0.1')).text;
  const until = async (name: string, isReached: (value: number) => boolean) => {
    while (!isReached(metric(await metrics(), name))) await sleep(100);
  };
  for (const address of ['127.0.0.2', '127.0.0.3']) await flood(endpoint, address, 1300);
  await flood(endpoint, '127.0.0.9', 1200);
  await until('keystead_connections_refused_total{limit="address"}', (value) => value >= 600);
  expect((await read(endpoint, '/healthz', '127.0.0.4')).status).toBe(200);
  await flood(endpoint, '127.0.0.5', 900);
  await until('keystead_connections_refused_total{limit="all"}', (value) => value >= 100);
  expect(metric(await metrics(), 'keystead_connections')).toBeLessThanOrEqual(3500 + 1);
  const lines = server.log().split('\n');
  expect(lines.filter((line) => line.includes('raise --max-connections-per-address'))).not.toEqual([]);
  expect(lines.filter((line) => line.includes('raise --max-connections"'))).not.toEqual([]);
  endFloods();
  // One connection is the one that reads the metrics.
  await until('keystead_connections', (value) => value === 1);
  expect((await read(endpoint, '/healthz', '127.0.0.2')).status).toBe(200);
}, 300_000);

test('metrics are for this machine only, and not for what comes through a proxy on it', async () => {
  server = await startServer({ args: ['--trusted-proxies', '127.0.0.9'] });
  expect((await read(server.endpoint, '/metrics', '127.0.0.1')).text).toContain('keystead_connections 1');
  expect(await read(server.endpoint, '/metrics', '127.0.0.9')).toMatchObject({
    status: 400,
    text: expect.not.stringContaining('keystead_connections'),
  });
});

test('metrics at an address of their own are not at the doors', async () => {
  server = await startServer({ args: ['--metrics-listen', '127.0.0.1:0'] });
  expect((await read(server.endpoint, '/metrics', '127.0.0.1')).status).toBe(400);
  const { origin } = metricsUrl(server);
  expect((await read(origin, '/metrics', '127.0.0.7')).text).toContain('process_cpu_seconds_total');
  expect((await read(origin, '/healthz', '127.0.0.7')).status).toBe(404);
});
