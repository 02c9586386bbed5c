/**
 * The thread that writes. It commits together all jobs that arrived while the last batch was syncing. So on a busy
 * server many writes share one sync, and on an idle one a write does not wait for others.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { BatchWriter } from './sqlite-batch.ts';
import type { BatchResult, WorkerReply, WorkerRequest, WorkerSetup, WriteJob, WriteResult } from './sqlite-protocol.ts';

/** From this number on no more are added: it limits how long the first write of a batch waits for the last. */
const JOBS_PER_BATCH = 512;

if (!parentPort) throw new Error('sqlite-worker.ts must run as a worker thread');
const port = parentPort;
const writer = new BatchWriter(workerData as WorkerSetup);
const reply = (message: WorkerReply) => port.postMessage(message);

port.on('message', (first: WorkerRequest) => {
  let next: WorkerRequest | undefined = first;
  while (next !== undefined) {
    const jobs: WriteJob[] = [];
    while (next !== undefined && next !== 'close' && jobs.length < JOBS_PER_BATCH) {
      jobs.push(...next);
      next = waiting();
    }
    if (jobs.length > 0) reply(inBrief(writer.commit(jobs)));
    if (next === 'close') {
      writer.close();
      port.close();
      return;
    }
  }
});
reply('ready');

function inBrief(results: readonly WriteResult[]): BatchResult {
  const isPlain = ({ outcome, rows }: WriteResult) => outcome === 'committed' && rows.length === 0;
  return {
    committed: results.filter(isPlain).map(({ id }) => id),
    others: results.filter((result) => !isPlain(result)),
  };
}

function waiting(): WorkerRequest | undefined {
  return (receiveMessageOnPort(port) as { message: WorkerRequest } | undefined)?.message;
}
