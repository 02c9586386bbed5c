/**
 * `keystead drift` over applied stacks of keys, against `terraform plan -refresh-only` of the same state; and the same
 * after a report was published, when nothing has changed.
 * BENCH_RESOURCES sets the sizes, `400,2000,10000`: Terraform takes minutes for the largest.
 */
import { spawnSync } from 'node:child_process';
import type { Benchmark, FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { withClosers } from '../measure/closers.ts';
import { inTurn } from '../measure/in-turn.ts';
import { cleanEnvironment, providerBinary, scripts } from '../servers/paths.ts';
import { type AppliedStack, applyStack, requireTerraform, terraform } from './applied-stack.ts';

const sizes = (process.env.BENCH_RESOURCES ?? '400,2000,10000').split(',').map(Number);
const floorName = 'terraform plan -refresh-only';

export const drift: Benchmark = {
  name: 'drift',
  summary: `keystead drift over ${sizes.join(', ')} keys (BENCH_RESOURCES)`,
  rounds: 3,
  lasting: true,
  long: true,
  figures: sizes.flatMap((keys): readonly FigureDescription[] => [
    { id: `drift-${keys}`, name: `Drift of ${keys} keys, --dir`, unit: 's', better: 'lower', floorName },
    { id: `drift-${keys}-state`, name: `Drift of ${keys} keys, --state`, unit: 's', better: 'lower', floorName },
    {
      id: `drift-${keys}-incremental`,
      name: `Drift of ${keys} unchanged keys, from the last report`,
      unit: 's',
      better: 'lower',
      floorName,
    },
  ]),
  check: () => {
    providerBinary();
    requireTerraform();
  },
  prepare: () =>
    withClosers(async (closers) => {
      const stacks: { readonly keys: number; readonly stack: AppliedStack }[] = [];
      for (const keys of sizes) stacks.push({ keys, stack: await applyStack(closers, keys) });
      for (const { stack } of stacks) keysteadDrift(stack, incremental(stack));
      return { measure: (round) => measureAll(round, stacks), close: closers.close };
    }),
};

async function measureAll(
  round: number,
  stacks: readonly { readonly keys: number; readonly stack: AppliedStack }[],
): Promise<RoundSamples> {
  const samples: Record<string, { readonly subject: number; readonly floor: number }> = {};
  for (const { keys, stack } of stacks) {
    const whole = await inTurn(round, {
      subject: () => secondsOf(() => keysteadDrift(stack, ['--dir', stack.dir])),
      floor: () => secondsOf(() => terraform(stack.dir, ['plan', '-refresh-only', '-input=false'], stack.environment)),
    });
    samples[`drift-${keys}`] = whole;
    const ofState = secondsOf(() => keysteadDrift(stack, ['--state', stack.shown]));
    samples[`drift-${keys}-state`] = { subject: ofState, floor: whole.floor };
    const again = secondsOf(() => keysteadDrift(stack, incremental(stack)));
    samples[`drift-${keys}-incremental`] = { subject: again, floor: whole.floor };
  }
  return samples;
}

/** From the output of `terraform show -json`, which takes a time of its own that no comparison can shorten. */
const incremental = ({ shown }: AppliedStack) => ['--state', shown, '--publish', 'bench', '--incremental'];

function secondsOf(work: () => void): number {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) / 1000;
}

/** @throws Error when it finds drift, or fails */
function keysteadDrift({ environment }: AppliedStack, args: readonly string[]): void {
  const env = { ...cleanEnvironment(), ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [scripts.keystead, 'drift', ...args], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`keystead drift ended with ${status}:\n${stdout}${stderr}`);
}
