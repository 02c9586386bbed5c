/** Every program in docs/guide/constructs-protection-and-place.md, synthesized. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as library from '@keystead/constructs/cdktf';
import { TerraformStack, Testing } from 'cdktf';
import { root } from '../../support/server.ts';
import { type Arguments, type Configuration, resources } from '../stack.ts';

const guide = readFileSync(join(root, 'docs/guide/constructs-protection-and-place.md'), 'utf8');
const programs = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, program = '']) => program);

interface Synthesized {
  readonly stack: Configuration & { readonly moved?: readonly Arguments[]; readonly removed?: readonly Arguments[] };
  readonly otherStack: Configuration & { readonly import?: readonly Arguments[] };
}

/** What a program declares that has an app with two stacks, and providers unless it declares its own. */
function run(program: string): Synthesized {
  const app = Testing.app();
  const stacks = { stack: new TerraformStack(app, 'shop'), otherStack: new TerraformStack(app, 'other') };
  const names = Object.keys(library);
  new Function(...names, ...Object.keys(stacks), program)(...Object.values(library), ...Object.values(stacks));
  if (!program.includes('KeysteadProvider(')) {
    for (const stack of Object.values(stacks)) new library.KeysteadProvider(stack, 'keystead', { region: 'eu-west-1' });
  }
  app.synth();
  const written = (stack: TerraformStack) =>
    JSON.parse(readFileSync(join(app.outdir, 'stacks', stack.node.id, 'cdk.tf.json'), 'utf8'));
  return { stack: written(stacks.stack), otherStack: written(stacks.otherStack) };
}

const checks: readonly (readonly [string, (synthesized: Synthesized) => void])[] = [
  [
    'lifts a protection',
    ({ stack }) => expect(resources(stack, 'aws_kms_key')).toMatchObject([{ deletion_protection: false }]),
  ],
  [
    'renames a key with all that it has',
    ({ stack }) => {
      const moves = stack.moved?.map(({ from, to }) =>
        [from, to].map((address) => String(address).split('_').slice(0, 3)),
      );
      expect(moves).toHaveLength(3);
      for (const [from, to] of moves ?? []) expect(from?.slice(0, 2)).toEqual(to?.slice(0, 2));
    },
  ],
  [
    'hands a key over to another stack',
    ({ stack, otherStack }) => {
      expect(stack.removed).toEqual([{ from: 'aws_kms_key.ledger_28D1CA40', lifecycle: { destroy: false } }]);
      expect(otherStack.import).toMatchObject([{ to: 'aws_kms_key.ledger_28D1CA40' }]);
    },
  ],
  [
    'declares what belongs to a key in another stack',
    ({ otherStack }) => {
      expect(resources(otherStack, 'aws_kms_grant')).toMatchObject([{ region: 'eu-west-1', provider: 'aws' }]);
      expect(resources(otherStack, 'aws_kms_replica_key')).toMatchObject([{ region: 'us-east-1' }]);
      const regions = resources(otherStack, 'aws_kms_alias').map(({ region }) => region);
      expect(regions.sort()).toEqual(['eu-west-1', 'us-east-1']);
    },
  ],
  [
    'gives a binding its provider',
    ({ stack }) => expect(resources(stack, 'aws_kms_key')).toMatchObject([{ provider: 'aws', description: 'orders' }]),
  ],
];

test('The guide has the programs that are run here', () => {
  expect(programs).toHaveLength(checks.length);
});

test.each(checks.map(([what, check], index) => ({ what, check, program: programs[index] ?? '' })))(
  'The guide $what',
  ({ check, program }) => check(run(program)),
);
