/**
 * The process of one benchmark: prepares it, measures a round whenever the runner says so, and cleans up. Heap and
 * compiled code of one benchmark never meet those of another. `--describe` prints which benchmarks there are.
 */
import { benchmarks, chooseBenchmarks } from '../benchmarks/index.ts';
import type { Session } from '../measure/benchmark.ts';
import { type Answer, type Order, PROTOCOL, type Suite } from './messages.ts';

const [name = ''] = process.argv.slice(2);
if (name === '--describe') console.log(JSON.stringify(describeSuite()));
else await serve(name);

function describeSuite(): Suite {
  return {
    protocol: PROTOCOL,
    benchmarks: benchmarks.map(({ name, rounds, lasting, long = false }) => ({ name, rounds, lasting, long })),
  };
}

async function serve(name: string): Promise<void> {
  // Ctrl-C reaches every process of the terminal. The runner decides what to do, and this process ends with it.
  process.on('SIGINT', () => undefined);
  try {
    const [benchmark] = chooseBenchmarks([name]);
    if (!benchmark) throw new Error('the worker needs the name of a benchmark');
    benchmark.check?.();
    const session = await benchmark.prepare();
    process.on('message', ({ measure }: Order) => void answer(session, measure));
    process.on('disconnect', () => void end(session));
    tell({ ready: benchmark.figures });
    if (!process.connected) await end(session);
  } catch (error) {
    tell({ failed: messageOf(error) });
  }
}

async function end(session: Session): Promise<void> {
  await session.close();
  process.exit();
}

async function answer(session: Session, round: number): Promise<void> {
  try {
    tell({ measured: await session.measure(round) });
  } catch (error) {
    tell({ failed: messageOf(error) });
  }
}

function tell(answer: Answer): void {
  if (process.connected) process.send?.(answer);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
