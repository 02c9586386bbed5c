/**
 * `keystead drift`: compares what Terraform's state declares with what runs, and names who changed it and when.
 * Read-only.
 * Exit codes follow `terraform plan -detailed-exitcode`: 0 none, 2 drift, 1 error.
 */

import { defined } from '@keystead/provider-schema/defined.ts';
import { Command, Option } from 'commander';
import { type ConnectionOptions, withConnectionOptions } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { compareStacks, controlPlaneOf, type Keeping } from './find.ts';
import type { Comparison } from './findings/finding.ts';
import { furtherCommands } from './further-commands.ts';
import { publish, requireStackName } from './keeping/kept-reports.ts';
import { type Progress, startProgress } from './progress.ts';
import { describeComparison, type Terminal } from './reports/describe.ts';
import { jsonReport } from './reports/formats.ts';
import { removeUnfinishedReports, requireReports, writeReports } from './reports/write.ts';
import { digestOfConfiguration } from './states/configuration-files.ts';
import { type ReadStack, readStacks } from './states/read-stacks.ts';
import { chosenStacks, type StackOptions } from './states/stacks.ts';

export interface DriftOptions extends ConnectionOptions, StackOptions {
  readonly ignoreTags: string;
  readonly ignoreTagPrefixes: string;
  readonly json?: true;
  readonly all?: true;
  readonly baseline?: string;
  readonly unmanaged?: true;
  readonly report?: readonly string[];
  readonly publish?: string;
  readonly incremental?: true;
  readonly progress?: true;
}

const DRIFT_FOUND = 2;

export function driftCommand(): Command {
  const command = withConnectionOptions(
    new Command('drift').description('Compare what Terraform declares with what runs, and name who changed it.'),
  )
    .option('--dir <dirs...>', 'directories of applied stacks; all their states count as declared (default: ".")')
    .option('--workspace <names...>', 'workspaces of each directory')
    .option('--state <files...>', 'outputs of "terraform show -json"; - reads standard input')
    .option('--plan <files...>', 'saved plans, or what "terraform show -json" prints of them: compare with the code')
    .option('--code [paths...]', 'also compare with code: directories, cdktf.out or cdk.tf.json (default: each --dir)')
    .option(
      '--config <file>',
      'stacks with their endpoints and profiles (default: keystead-drift.yaml, if it is there)',
    )
    .option('--profile <name>', 'profile of the shared files of AWS to sign with')
    .option('--allow-empty', 'a stack without resources is not an error')
    .addOption(
      new Option('--terraform <binary>', 'Terraform or OpenTofu').env('TERRAFORM_BINARY_NAME').default('terraform'),
    )
    .option('--provider <source>', 'source address of the provider whose resources to compare', 'keystead/aws')
    .addOption(
      new Option('--ignore-tags <keys>', "tags to leave out, as in the provider's ignore_tags: a,b")
        .env('TF_AWS_IGNORE_TAGS_KEYS')
        .default(''),
    )
    .addOption(
      new Option('--ignore-tag-prefixes <prefixes>', 'tags to leave out, by the beginning of their keys: a,b')
        .env('TF_AWS_IGNORE_TAGS_KEY_PREFIXES')
        .default(''),
    )
    .option('--baseline <name>', 'also report every change since this baseline (default: "default", if there is one)')
    .option('--unmanaged', 'also report keys and identities that no state declares, in the Regions of what is declared')
    .option('--report <files...>', 'also write reports: json=, sarif=, junit=, markdown= or html=FILE')
    .option('--publish <stack>', 'also keep the report in the control plane, under this name of the stack')
    .option('--incremental', 'go on from the report that was published last: read only what changed since then')
    .option(
      '--progress',
      'say on standard error every few seconds what is being read, also where there is not a terminal',
    )
    .option('--all', 'print every difference by itself')
    .option('--json', 'print findings as one JSON document')
    .addHelpText('after', '\nExit codes: 0 no drift, 2 drift, 1 error. Nothing is changed.');
  for (const further of furtherCommands(compareChosen)) command.addCommand(further);
  return command.action(async () => {
    const options = command.opts<DriftOptions>();
    const reports = requireReports(options.report);
    const comparison = await untilInterrupted(options, (progress) =>
      compareChosen(options, keepsReports(options), progress),
    );
    await writeReports(reports, comparison);
    console.log(options.json ? jsonReport(comparison) : describeComparison(comparison, terminalOf(options)));
    if (comparison.findings.length > 0) process.exitCode = DRIFT_FOUND;
  });
}

/** @throws CommandError for a name that no stack can have, and for an incremental run without one */
function keepsReports({ publish: stackName, incremental }: DriftOptions): boolean {
  if (stackName !== undefined) requireStackName(stackName);
  else if (incremental) {
    throw new CommandError(
      '--incremental goes on from a published report, and --publish is missing.',
      'Give --publish STACK in every run.',
    );
  }
  return stackName !== undefined;
}

/** As a shell ends a program that was interrupted: 128 and the number of the signal. */
const INTERRUPTED = 130;

/** An interrupt ends the command at once, whatever it waits for, and takes away a report that is half written. */
async function untilInterrupted<T>(options: DriftOptions, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = startProgress(process.stderr, options.progress === true);
  process.once('SIGINT', () => {
    progress.end();
    removeUnfinishedReports();
    process.exit(INTERRUPTED);
  });
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}

/** @param keeps the report is published */
async function compareChosen(options: DriftOptions, keeps = false, progress?: Progress): Promise<Comparison> {
  progress?.say('reading states');
  const { stacks, complete, ignore, settings } = await chosenStacks(options);
  const extent = { ...options, complete: complete || options.unmanaged === true, rules: ignore, settings };
  const read = await readStacks(stacks);
  progress?.say('');
  const keeping = keeps ? await keepingOf(read, extent) : undefined;
  return compareStacks(read, { ...extent, ...defined({ keeping }) }, { ignoresTag: ignoredTags(options) }, progress);
}

/** What has no part in what is found. */
const presentation: ReadonlySet<string> = new Set([
  'json',
  'all',
  'report',
  'publish',
  'incremental',
  'rules',
  'progress',
]);

/** @throws CommandError when the stacks have several control planes: each keeps the reports of its own */
async function keepingOf(
  read: readonly ReadStack[],
  options: DriftOptions & { readonly rules: readonly unknown[] },
): Promise<Keeping> {
  const controlPlanes = new Set(read.map(({ stack }) => controlPlaneOf(stack)));
  if (controlPlanes.size > 1) {
    throw new CommandError(
      '--publish: the stacks have several control planes, and each keeps the reports of its own stacks.',
      'Run "keystead drift" for each control plane, with stacks of that one.',
    );
  }
  const { publish: stackName = '', incremental: isIncremental = false } = options;
  const named = Object.entries(options).filter(([name]) => !presentation.has(name));
  const configurations = await Promise.all(read.map(({ stack }) => digestOfConfiguration(stack)));
  return {
    stackName,
    isIncremental,
    inputs: [named, read.map(inputsOf), configurations],
    publish: async (connection, comparison, memory) => {
      const number = await publish(connection, stackName, comparison, jsonReport, memory);
      console.error(`keystead: published as report ${number} of ${stackName}`);
    },
  };
}

const inputsOf = ({ stack, resources }: ReadStack) => [
  stack,
  resources.map((resource) => ({ ...resource, sensitive: [...resource.sensitive] })),
];

/** Colour and width of the terminal; https://no-color.org */
function terminalOf({ all }: DriftOptions): Terminal {
  const { isTTY, columns } = process.stdout;
  return { colour: Boolean(isTTY) && !process.env.NO_COLOR, width: isTTY ? columns : undefined, all: all === true };
}

function ignoredTags({ ignoreTags, ignoreTagPrefixes }: DriftOptions): (key: string) => boolean {
  const listed = (text: string) => (text === '' ? [] : text.split(',').map((part) => part.trim()));
  const [keys, prefixes] = [new Set(listed(ignoreTags)), listed(ignoreTagPrefixes)];
  return (key) => keys.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}
