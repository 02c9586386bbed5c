/** The bundled provider from start to its handshake line, against an empty script in the same Node. */
import type { Benchmark } from '../measure/benchmark.ts';
import { withClosers } from '../measure/closers.ts';
import { inTurnRepeatedly } from '../measure/in-turn.ts';
import { median } from '../measure/statistics.ts';
import { cleanEnvironment, providerBinary } from '../servers/paths.ts';
import { millisecondsUntilLine, startEmptyScript } from '../servers/start-time.ts';

const STARTS_PER_ROUND = 3;
/** What Terraform sets; without the cookie the provider refuses to run (plugin protocol, handshake). */
const handshakeEnvironment = {
  TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
  PLUGIN_PROTOCOL_VERSIONS: '6',
  KEYSTEAD_NODE: process.execPath,
};

export const providerStart: Benchmark = {
  name: 'provider-start',
  summary: 'the bundled provider, from start to its handshake line',
  rounds: 9,
  lasting: true,
  figures: [
    {
      id: 'provider-start',
      name: 'Provider start to handshake',
      unit: 'ms',
      better: 'lower',
      floorName: 'empty Node start',
    },
  ],
  check: () => void providerBinary(),
  prepare: () =>
    withClosers(async (closers) => {
      const starts = { subject: untilHandshake, floor: await startEmptyScript(await closers.directory()) };
      await inTurnRepeatedly(0, 1, starts); // fills the file cache
      const measure = async (round: number) => {
        const { subject, floor } = await inTurnRepeatedly(round, STARTS_PER_ROUND, starts);
        return { 'provider-start': { subject: median(subject), floor: median(floor) } };
      };
      return { measure, close: closers.close };
    }),
};

function untilHandshake(): Promise<number> {
  return millisecondsUntilLine({
    program: providerBinary(),
    args: [],
    environment: { ...cleanEnvironment(), ...handshakeEnvironment },
    line: /^1\|6\|/,
    stopWith: 'SIGKILL',
  });
}
