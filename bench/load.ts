/**
 * A load of prepared requests over keep-alive connections, the same for every server it is sent to: what differs
 * between two runs is the server. Requests are signed once and sent again and again (a signature lives five minutes).
 */
import { Agent, request } from 'node:http';

export interface PreparedRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/**
 * @param prepared one request, or several that take turns.
 * @throws Error on any answer but 200: a benchmark of refusals measures nothing.
 */
export async function load(
  prepared: PreparedRequest | readonly PreparedRequest[],
  requests: number,
  connections: number,
): Promise<LoadResult> {
  const turns = [prepared].flat();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latenciesMs: number[] = [];
  let left = requests;
  const startedAt = performance.now();
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const sentAt = performance.now();
      await send(turns[left % turns.length] as PreparedRequest, agent);
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))] ?? 0;
  return { requestsPerSecond: requests / seconds, medianMs: at(0.5), p99Ms: at(0.99) };
}

function send({ url, headers, body }: PreparedRequest, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
      (response) => {
        response.resume();
        response.once('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${url.href} answered ${response.statusCode}`));
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
