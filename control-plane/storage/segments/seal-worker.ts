/** The thread that seals segments. */
import { parentPort } from 'node:worker_threads';
import { seal } from './seal.ts';
import type { SealReply, SealRequest } from './seal-thread.ts';

if (!parentPort) throw new Error('seal-worker.ts must run as a worker thread');
const port = parentPort;
port.on('message', ({ id, segments, grade }: SealRequest) => {
  port.postMessage({ id, sealed: seal(segments, grade) } satisfies SealReply);
});
