/** The processor time that a server spends on a request under load, read from its own metrics. */
import { load } from './load.ts';
import type { LoadOrder } from './request.ts';

/**
 * @returns microseconds of all threads of the server's own process for one request: of a Keystead server the API and
 * its store's writer, not the HSM process.
 */
export async function processorMicrosecondsPerRequest(order: LoadOrder): Promise<number> {
  const [first] = order.requests;
  if (!first) throw new Error('a load needs at least one request');
  const { origin } = new URL(first.url);
  // The warm-up is a load of its own, so that its processor time is not counted.
  if (order.warmUpSeconds > 0) await load({ ...order, warmUpSeconds: 0, measuredSeconds: order.warmUpSeconds });
  const before = await processorSeconds(origin);
  const { answers } = await load({ ...order, warmUpSeconds: 0 });
  return ((await processorSeconds(origin)) - before) * (1_000_000 / answers);
}

/** @throws Error when the server does not report it. */
export async function processorSeconds(endpoint: string): Promise<number> {
  const exposed = await (await fetch(new URL('/metrics', endpoint))).text();
  const seconds = Number(/^process_cpu_seconds_total (\S+)$/m.exec(exposed)?.[1]);
  if (!Number.isFinite(seconds)) throw new Error(`${endpoint}/metrics does not report process_cpu_seconds_total`);
  return seconds;
}
