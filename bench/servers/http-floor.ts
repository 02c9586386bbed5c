/**
 * The floor: the least a Node HTTP server can do with a JSON request. Prints its port. Like Keystead it reports its
 * processor time at /metrics.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

const server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    const { user, system } = process.cpuUsage();
    response.end(`process_cpu_seconds_total ${(user + system) / 1_000_000}\n`);
    return;
  }
  const body = Buffer.from(JSON.stringify(await json(request)));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.once('SIGTERM', () => process.exit());
