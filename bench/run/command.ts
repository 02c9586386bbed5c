/** How both commands end: errors in one line with exit status 2, and a clean end after Ctrl-C. */
import { endWorkers } from './worker-process.ts';

const INTERRUPTED = 130;

/** Exit status 2, because status 1 of a comparison says that a figure got worse. */
export async function runCommand(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    await endWorkers();
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}

/** On SIGINT and SIGTERM: ends the benchmarks, calls `cleanUp`, and exits. */
export function cleanUpWhenInterrupted(cleanUp: () => Promise<void>): void {
  let interrupted = false;
  const interrupt = async () => {
    if (interrupted) return;
    interrupted = true;
    console.error('interrupted: stopping servers and removing temporary files');
    await endWorkers();
    await cleanUp();
    process.exit(INTERRUPTED);
  };
  process.on('SIGINT', () => void interrupt());
  process.on('SIGTERM', () => void interrupt());
}

export const progress = (line: string): void => console.error(line);
