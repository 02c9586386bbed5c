/** `keystead serve` from its spawn to the line that it listens, against an empty script in the same Node. */
import { join } from 'node:path';
import type { Benchmark, RoundSamples } from '../measure/benchmark.ts';
import { type Closers, withClosers } from '../measure/closers.ts';
import { inTurnRepeatedly } from '../measure/in-turn.ts';
import { median } from '../measure/statistics.ts';
import { cleanEnvironment, scripts } from '../servers/paths.ts';
import { millisecondsUntilLine, startEmptyScript } from '../servers/start-time.ts';

const STARTS_PER_ROUND = 3;
const shape = { unit: 'ms', better: 'lower', floorName: 'empty Node start' } as const;

export const serverStart: Benchmark = {
  name: 'server-start',
  summary: 'the server, from its spawn to the line that it listens',
  rounds: 7,
  lasting: true,
  figures: [
    { id: 'server-start-first', name: 'Server start on an empty data directory', ...shape },
    { id: 'server-start-later', name: 'Server start on an existing data directory', ...shape },
  ],
  prepare: () =>
    withClosers(async (closers) => {
      const starts = await prepareStarts(closers);
      await starts.later(); // makes the data directory, and the cache of compiled code
      return { measure: (round) => measure(round, starts), close: closers.close };
    }),
};

type Starts = Readonly<Record<'first' | 'later' | 'floor', () => Promise<number>>>;

async function prepareStarts(closers: Closers): Promise<Starts> {
  const directory = await closers.directory();
  let made = 0;
  return {
    first: () => untilListening(join(directory, `first-${made++}`)),
    later: () => untilListening(join(directory, 'later')),
    floor: await startEmptyScript(directory),
  };
}

async function measure(round: number, { first, later, floor }: Starts): Promise<RoundSamples> {
  const firsts = await inTurnRepeatedly(round, STARTS_PER_ROUND, { subject: first, floor });
  const laters = await inTurnRepeatedly(round, STARTS_PER_ROUND, { subject: later, floor });
  return {
    'server-start-first': { subject: median(firsts.subject), floor: median(firsts.floor) },
    'server-start-later': { subject: median(laters.subject), floor: median(laters.floor) },
  };
}

/** Stopped by SIGTERM, so that Node.js saves its compiled code. */
function untilListening(dataDir: string): Promise<number> {
  const where = ['--listen', '127.0.0.1:0', '--data-dir', dataDir, '--database', 'sqlite', '--log-level', 'warn'];
  return millisecondsUntilLine({
    program: process.execPath,
    args: [scripts.keystead, 'serve', ...where],
    environment: cleanEnvironment(),
    line: /http:\/\/\S+/,
    stopWith: 'SIGTERM',
  });
}
