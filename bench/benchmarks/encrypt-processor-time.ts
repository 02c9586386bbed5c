/** The processor time of an Encrypt in the API process, to which benchmarks relate the cost of its parts. */
import { prepareEncrypt } from '../load/prepare.ts';
import { processorMicrosecondsPerRequest } from '../load/processor-time.ts';
import { withClosers } from '../measure/closers.ts';
import { callerOf, startKeystead } from '../servers/processes.ts';

const LOAD = { connections: 32, warmUpSeconds: 1, measuredSeconds: 1.2 } as const;

/** @returns microseconds of all threads of the API process, its store's writer included, for one Encrypt under load. */
export async function encryptProcessorMicroseconds(): Promise<number> {
  const session = await withClosers(async (closers) => {
    const dataDir = await closers.directory();
    const server = await startKeystead(dataDir);
    closers.add(server.stop);
    const request = await prepareEncrypt(await callerOf(server, dataDir));
    const microseconds = await processorMicrosecondsPerRequest({ requests: [request], ...LOAD });
    return { microseconds, close: closers.close };
  });
  await session.close();
  return session.microseconds;
}
