/** One plan of a stack: made by Terraform, and read. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../../shared/report.ts';
import { failureOf } from './failures.ts';
import type { Diagnostic } from './messages.ts';
import { outputOf, type Place, runTerraform } from './terraform.ts';

export interface MadePlan {
  /** In a directory that only this user can read. */
  readonly file: string;
  readonly plan: Buffer;
  readonly json: Buffer;
  readonly warnings: readonly Diagnostic[];
  readonly hasChanges: boolean;
}

const CHANGES = 2;

/** @throws CommandError when it fails */
export async function initialize(place: Place, args: readonly string[]): Promise<void> {
  const ended = await runTerraform(place, args);
  if (ended.code === 0) return;
  if (ended.interrupted) throw failureOf('terraform init', ended);
  throw new CommandError(
    `terraform init failed in ${place.dir}.`,
    'Its messages are above. Where a provider is not found, docs/guide/ci.md says how a job gets the one of Keystead.',
  );
}

/**
 * @param args for the file in which the plan is saved
 * @param use what is done with it; afterwards the file is removed
 */
export async function withPlan<Result>(
  place: Place,
  args: (file: string) => readonly string[],
  use: (made: MadePlan) => Promise<Result>,
): Promise<Result> {
  return inPrivateDirectory(async (directory) => {
    const file = join(directory, 'plan.tfplan');
    const ended = await runTerraform(place, args(file));
    if (ended.code !== 0 && ended.code !== CHANGES) throw failureOf('terraform plan', ended);
    if (ended.interrupted) throw failureOf('terraform plan', ended);
    const json = await outputOf(
      place,
      ['show', '-json', '-no-color', file],
      'Run terraform init, then make the plan anew.',
    );
    const warnings = ended.messages.flatMap(({ diagnostic }) =>
      diagnostic?.severity === 'warning' ? [diagnostic] : [],
    );
    const plan = await readFile(file);
    return use({ file, plan, json: Buffer.from(json), warnings, hasChanges: ended.code === CHANGES });
  });
}

/** Plans hold secrets. @returns what `use` returns, when the directory is gone */
export async function inPrivateDirectory<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'keystead-ci-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
