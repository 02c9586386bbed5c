/** Load by wrk: what it sends, what it reports, and that no failure is counted as an answer. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { loadWithWrk, requireWrk } from '@keystead/bench/load/wrk.ts';
import { needs } from '../../support/needs.ts';

needs('wrk');

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const body = '{"text":"quotes \\" and \\\\ and ]] and é","number":1}';
const headers = { 'x-amz-target': 'TrentService.Encrypt', authorization: 'AWS4 Credential=a/b, Signature="c%d"' };

test('method, headers and body arrive as they were prepared, whatever Lua would make of them', async () => {
  const seen = new Set<string>();
  const url = await serve(async (request, response) => {
    const { authorization, 'x-amz-target': target } = request.headers;
    seen.add(JSON.stringify([request.method, authorization, target, await text(request)]));
    response.end('{}');
  });
  const result = await loadWithWrk({ request: { url, headers, body }, connections: 4, seconds: 1 });
  expect([...seen]).toEqual([JSON.stringify(['POST', headers.authorization, headers['x-amz-target'], body])]);
  expect(result.requestsPerSecond).toBeGreaterThan(0);
  expect(result.medianMs).toBeGreaterThan(0);
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.medianMs);
});

test('answers that are errors fail the load', async () => {
  const url = await serve((request, response) => {
    request.resume();
    response.writeHead(503).end();
  });
  const load = loadWithWrk({ request: { url, headers, body }, connections: 2, seconds: 1 });
  await expect(load).rejects.toThrow(/^\d+ of \d+ requests to .* failed$/);
});

test('wrk is found where it is installed', () => {
  expect(requireWrk).not.toThrow();
});
