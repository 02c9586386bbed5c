/**
 * The load generator, a process of its own: a LoadOrder as JSON on standard input, a LoadResult as JSON on standard
 * output. Autocannon sends and receives; its own histogram rounds to whole milliseconds, so the times are taken from
 * its events. Any answer but 200 ends it, unless the order accepts refusals: a benchmark of refusals measures nothing.
 */
import { json } from 'node:stream/consumers';
import autocannon from 'autocannon';
import { ascending, quantile } from '../measure/statistics.ts';
import type { LoadOrder, LoadResult } from './request.ts';

/** The driver ends the load itself, as soon as the measured time is over. */
const NO_LIMIT_SECONDS = 86_400;

const order = (await json(process.stdin)) as LoadOrder;
const { connections, warmUpSeconds, measuredSeconds } = order;
const first = order.requests[0];
if (!first) fail('the order has no requests');

const { origin, pathname } = new URL(first.url);
const requests = order.requests.map(({ headers, body }) => ({
  method: 'POST' as const,
  path: pathname,
  headers: { ...headers },
  body,
}));

let connected = 0;
let answers = 0;
const latenciesMs: number[] = [];
const beginsAt = performance.now() + warmUpSeconds * 1000;
const endsAt = beginsAt + measuredSeconds * 1000;

const options: autocannon.Options = {
  url: origin,
  connections,
  requests,
  duration: NO_LIMIT_SECONDS,
  skipAggregateResult: true,
  setupClient: (client) => {
    const start = Math.floor((connected++ * requests.length) / connections) % requests.length;
    client.setRequests([...requests.slice(start), ...requests.slice(0, start)].map((request) => ({ ...request })));
  },
};
const load = autocannon(options, (error) => fail(`the load ended early${error ? `: ${String(error)}` : ''}`));
load.on('response', (_client, status, _bytes, responseTimeMs) => {
  if (status !== 200 && !order.acceptsRefusals) fail(`${origin} answered ${status} where 200 was expected`);
  answers += 1;
  const now = performance.now();
  if (now >= endsAt) finish();
  if (now >= beginsAt) latenciesMs.push(responseTimeMs);
});
load.on('reqError', (error: Error) => fail(`a request to ${origin} failed: ${error.message}`));

function finish(): never {
  if (latenciesMs.length === 0) fail(`${origin} answered nothing within ${measuredSeconds} s`);
  const sorted = ascending(latenciesMs);
  const result: LoadResult = {
    requestsPerSecond: sorted.length / measuredSeconds,
    medianMs: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    answers,
  };
  console.log(JSON.stringify(result));
  process.exit(0);
}

function fail(reason: string): never {
  console.error(`load: ${reason}`);
  process.exit(1);
}
