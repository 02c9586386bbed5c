/**
 * What the constructs cost: the processor time in which a stack of a thousand keys is declared, checked and written,
 * against as many resources of the bindings alone, which the CDK writes without any of our checks and policies.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindings, Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, type TerraformProvider, TerraformStack } from 'cdktf';
import type { Benchmark, FigureDescription } from '../measure/benchmark.ts';
import { microsecondsPerRun } from '../measure/processor-time.ts';

const keys = 1000;

const figures: readonly FigureDescription[] = [
  {
    id: 'synthesis',
    name: `Writing a stack of ${keys} keys of the constructs`,
    unit: 'µs of processor time',
    better: 'lower',
    floorName: `of ${keys} plain resources`,
  },
];

export const synthesis: Benchmark = {
  name: 'synthesis',
  summary: 'writing a stack of a thousand keys, by constructs and by plain resources',
  rounds: 5,
  lasting: false,
  figures,
  prepare: async () => ({
    measure: async (round) => {
      const { constructs, plain } = microsecondsPerRun(round, {
        constructs: () => write((stack, id) => new Key(stack, id)),
        plain: () => write((stack, id, provider) => new bindings.kmsKey.KmsKey(stack, id, { provider })),
      });
      return { synthesis: { subject: constructs, floor: plain } };
    },
    close: async () => undefined,
  }),
};

function write(declare: (stack: TerraformStack, id: string, provider: TerraformProvider) => unknown): void {
  const outdir = mkdtempSync(join(tmpdir(), 'keystead-synthesis-'));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'stack');
    const provider = new KeysteadProvider(stack, 'keystead', { account: '111122223333', region: 'eu-west-1' });
    for (let number = 0; number < keys; number += 1) declare(stack, `key-${number}`, provider);
    app.synth();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
