/** The load driver against a small server: what it sends, what it counts, and what it refuses. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { load } from '@keystead/bench/load/load.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`;
}

const requestOf = (url: string, body: string) => ({ url, headers: { 'x-number': body }, body });
const short = { connections: 4, warmUpSeconds: 0.1, measuredSeconds: 0.3 };

test('every answer is counted, the warm-up left out of the rate', async () => {
  let served = 0;
  const url = await serve((request, response) => {
    request.resume().once('end', () => {
      served += 1;
      response.end('{}');
    });
  });
  const { answers, requestsPerSecond, medianMs, p99Ms } = await load({ requests: [requestOf(url, '1')], ...short });
  expect(answers).toBeGreaterThan(0);
  expect(answers).toBeLessThanOrEqual(served);
  expect(served - answers).toBeLessThanOrEqual(short.connections); // those under way at the end
  expect(requestsPerSecond * short.measuredSeconds).toBeLessThanOrEqual(answers);
  expect(medianMs).toBeGreaterThan(0);
  expect(p99Ms).toBeGreaterThanOrEqual(medianMs);
});

test('several requests take turns, with their own bodies and headers, over as many connections as asked for', async () => {
  const seen = new Map<string, number>();
  const connections = new Set<unknown>();
  const url = await serve(async (request, response) => {
    const body = await text(request);
    expect([request.method, request.url, request.headers['x-number']]).toEqual(['POST', '/path', body]);
    seen.set(body, (seen.get(body) ?? 0) + 1);
    connections.add(request.socket);
    response.end('{}');
  });
  await load({ requests: ['1', '2', '3'].map((body) => requestOf(url, body)), ...short });
  expect([...seen.keys()].sort()).toEqual(['1', '2', '3']);
  const counts = [...seen.values()];
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2 * short.connections);
  expect(connections.size).toBe(short.connections);
});

test.each([201, 400, 503])('an answer %i ends the load with an error', async (status) => {
  let served = 0;
  const url = await serve((request, response) => {
    request.resume();
    served += 1;
    response.writeHead(served > 10 ? status : 200).end();
  });
  // A minute for a busy machine: the load ends with the first such answer.
  await expect(load({ requests: [requestOf(url, '1')], ...short, measuredSeconds: 60 })).rejects.toThrow(
    `answered ${status} where 200 was expected`,
  );
});

test('refusals do not end a load that accepts them', async () => {
  const url = await serve((request, response) => {
    request.resume();
    response.writeHead(403).end();
  });
  const { answers } = await load({ requests: [requestOf(url, '1')], ...short, acceptsRefusals: true });
  expect(answers).toBeGreaterThan(0);
});

test('a server that hangs up, and one that is not there, end the load with an error', async () => {
  const url = await serve((request) => void request.socket.resetAndDestroy());
  await expect(load({ requests: [requestOf(url, '1')], ...short })).rejects.toThrow('failed');
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await expect(load({ requests: [requestOf(url, '1')], ...short })).rejects.toThrow(/ECONNREFUSED/);
});

test('an order without requests is refused', async () => {
  await expect(load({ requests: [], ...short })).rejects.toThrow('the order has no requests');
});
