/** Which stacks the command is about: those of its options, or those of its file. */
import { stat } from 'node:fs/promises';
import { defined } from '@keystead/provider-schema/defined.ts';
import { CommandError } from '../../shared/report.ts';
import { withChosenCode } from './chosen-code.ts';
import { DRIFT_FILE, type DriftFile, readDriftFile } from './drift-file.ts';
import type { Stack, StackDefaults } from './stack.ts';

export interface StackOptions {
  readonly dir?: readonly string[];
  readonly workspace?: readonly string[];
  readonly state?: readonly string[];
  readonly plan?: readonly string[];
  readonly code?: readonly string[] | true;
  readonly config?: string;
  readonly endpoint: string;
  readonly region: string;
  readonly profile?: string;
  readonly provider: string;
  readonly terraform: string;
  readonly allowEmpty?: true;
}

/** @throws CommandError when the options exclude each other */
export async function chosenStacks(options: StackOptions): Promise<DriftFile> {
  const { endpoint, region, profile, provider, terraform, allowEmpty = false } = options;
  const defaults = { endpoint, region, provider, terraform, mayBeEmpty: allowEmpty, ...defined({ profile }) };
  const { dir: dirs, state: files, config, workspace: workspaces } = options;
  if (options.code !== undefined && (options.plan !== undefined || config !== undefined)) {
    throw new CommandError('--code cannot be combined with --plan or --config.', 'A plan has what the code declares.');
  }
  if (options.plan !== undefined)
    return { stacks: ofPlans(options.plan, options, defaults), complete: false, ignore: [], settings: {} };
  const named = dirs !== undefined || files !== undefined || workspaces !== undefined;
  if (config !== undefined) {
    if (!named) return readDriftFile(config, defaults);
    throw new CommandError(
      '--config cannot be combined with --dir, --state or --workspace.',
      'Name stacks in the file.',
    );
  }
  if (!named && (await isThere(DRIFT_FILE))) return readDriftFile(DRIFT_FILE, defaults);
  if (workspaces !== undefined && dirs === undefined && files !== undefined) {
    throw new CommandError('--workspace needs a directory: a state from a file has no workspace.', 'Give --dir.');
  }
  const ofDirs = (dirs ?? (files === undefined ? ['.'] : [])).flatMap((dir) =>
    (workspaces ?? [undefined]).map((workspace) => ofDirectory(dir, workspace, defaults)),
  );
  const stacks = [...ofDirs, ...(files ?? []).map((file) => ofFile(file, defaults))];
  return { stacks: await withChosenCode(stacks, options.code), complete: false, ignore: [], settings: {} };
}

/** The directory is where Terraform reads the plan, and its state is not compared. */
function ofPlans(
  plans: readonly string[],
  { dir: [dir = '.', ...others] = [], state, config, workspace }: StackOptions,
  { terraform, ...rest }: StackDefaults,
): readonly Stack[] {
  if (others.length > 0 || [state, config, workspace].some((one) => one !== undefined)) {
    throw new CommandError(
      '--plan cannot be combined with --state, --config, --workspace or several --dir.',
      'A plan has the whole stack: give the plans alone, and --dir for the directory in which they were made.',
    );
  }
  return plans.map((plan) => ({ ...rest, name: plan, source: { plan, madeIn: dir, terraform } }));
}

function ofDirectory(dir: string, workspace: string | undefined, { terraform, ...rest }: StackDefaults): Stack {
  const name = workspace === undefined ? dir : `${dir} (workspace ${workspace})`;
  return { ...rest, name, source: { dir, terraform, ...defined({ workspace }) } };
}

function ofFile(file: string, { terraform: _, ...rest }: StackDefaults): Stack {
  return { ...rest, name: file === '-' ? 'standard input' : file, source: { file } };
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
