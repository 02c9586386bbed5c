/** The life of an example, as its README tells it. KEYSTEAD_RECORD=1 writes the plan again that lies beside the README. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExampleRun, examplesDirectory, readExample } from './example-runs.ts';
import { type Block, masked, sectionsOf } from './readme-commands.ts';

/** Sections of every README, in this order. */
export const sectionTitles = ['Run it', 'Use it', 'Change it', 'Destroy it'] as const;

export interface Life {
  /** It declares objects of several accounts, which no one caller can read: drift is an error. */
  readonly ofSeveralAccounts?: boolean;
  /** Runs before the first section, for the commands of another one. */
  readonly beforehand?: (sections: ReadonlyMap<string, readonly Block[]>) => Promise<void>;
  /** Called before each block of the last section. */
  readonly beforeDestroying?: (block: Block) => Promise<void>;
}

/** Applied as planned, applied again without changes or drift, used, changed and destroyed. @throws when anything differs */
export async function live(name: string, example: ExampleRun, life: Life = {}): Promise<void> {
  const sections = sectionsOf(readExample(name, 'README.md'));
  await life.beforehand?.(sections);
  const runSection = async (title: string, before?: Life['beforeDestroying']) => {
    let printed = '';
    for (const block of sections.get(title) ?? []) {
      await before?.(block);
      printed += await example.run(block);
    }
    return printed;
  };
  const [run, use, change, destroy] = sectionTitles;
  expectPlan(name, plansIn(await runSection(run)));
  await expectNoChanges(example, life.ofSeveralAccounts === true);
  await runSection(use);
  expect(await runSection(change)).toContain('Apply complete!');
  await runSection(destroy, life.beforeDestroying);
  await expectNothingDeclared(example);
}

/** What Terraform plans, without values that it knows only after the apply. */
function plansIn(text: string): string {
  const plans = text.matchAll(/will perform the following actions:\n(.*?^Plan: .*?)$|^(No changes\. .*?)$/gms);
  const known = [...plans].map(([, plan, none = '']) =>
    masked((plan ?? none).trim())
      .split('\n')
      .filter((line) => !line.endsWith('(known after apply)'))
      .join('\n'),
  );
  return known.map((plan) => `${plan}\n`).join('\n');
}

function expectPlan(name: string, plan: string): void {
  if (process.env.KEYSTEAD_RECORD === '1') writeFileSync(join(examplesDirectory, name, 'plan.txt'), plan);
  expect(plan).toBe(readExample(name, 'plan.txt'));
}

/** Applied twice, with nothing to change the second time, and drift finds nothing: no change since, nothing beside it. */
async function expectNoChanges(example: ExampleRun, ofSeveralAccounts: boolean): Promise<void> {
  const dirs = ['--dir', ...example.stacks()];
  const accepted = await example.keystead('drift', 'accept', '--baseline', 'applied', ...dirs);
  expect([accepted.code, accepted.stderr]).toEqual([0, '']);
  for (const stack of example.stacks()) {
    const { code, stdout, stderr } = await example.terraform(stack, 'apply');
    expect([stack, code, stdout + stderr]).toEqual([
      stack,
      0,
      expect.stringContaining('Resources: 0 added, 0 changed, 0 destroyed.'),
    ]);
  }
  // A stack can have nothing that drift compares. Users that a README makes are in no state.
  const drift = await example.keystead('drift', '--allow-empty', '--baseline', 'applied', ...dirs);
  expect([drift.code, drift.stdout + drift.stderr]).toEqual(
    ofSeveralAccounts
      ? [1, expect.stringMatching(/is not of account|cannot be read for comparison/)]
      : [0, expect.stringMatching(/^No drift: /)],
  );
}

async function expectNothingDeclared(example: ExampleRun): Promise<void> {
  for (const stack of example.stacks()) {
    const { stdout } = await example.terraform(stack, 'show');
    expect([stack, stdout.trim()]).toEqual([stack, 'The state file is empty. No resources are represented.']);
  }
}
