/**
 * `keystead drift`: compares what Terraform's state declares with what runs, and names who changed it and when.
 * Read-only.
 * Exit codes follow `terraform plan -detailed-exitcode`: 0 none, 2 drift, 1 error.
 */
import { Command, Option } from 'commander';
import { type ConnectionOptions, withConnectionOptions } from '../shared/connection.ts';
import { compareStacks } from './find.ts';
import type { Comparison } from './findings/finding.ts';
import { furtherCommands } from './further-commands.ts';
import { describeComparison, type Terminal } from './reports/describe.ts';
import { jsonReport } from './reports/formats.ts';
import { requireReports, writeReports } from './reports/write.ts';
import { readStacks } from './states/read-stacks.ts';
import { chosenStacks, type StackOptions } from './states/stacks.ts';

export interface DriftOptions extends ConnectionOptions, StackOptions {
  readonly ignoreTags: string;
  readonly ignoreTagPrefixes: string;
  readonly json?: true;
  readonly all?: true;
  readonly baseline?: string;
  readonly unmanaged?: true;
  readonly report?: readonly string[];
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
    .option('--all', 'print every difference by itself')
    .option('--json', 'print findings as one JSON document')
    .addHelpText('after', '\nExit codes: 0 no drift, 2 drift, 1 error. Nothing is changed.');
  for (const further of furtherCommands(compareChosen)) command.addCommand(further);
  return command.action(async () => {
    const options = command.opts<DriftOptions>();
    const reports = requireReports(options.report);
    const comparison = await compareChosen(options);
    await writeReports(reports, comparison);
    console.log(options.json ? jsonReport(comparison) : describeComparison(comparison, terminalOf(options)));
    if (comparison.findings.length > 0) process.exitCode = DRIFT_FOUND;
  });
}

async function compareChosen(options: DriftOptions): Promise<Comparison> {
  const { stacks, complete, ignore, settings } = await chosenStacks(options);
  const extent = { ...options, complete: complete || options.unmanaged === true, rules: ignore, settings };
  return compareStacks(await readStacks(stacks), extent, { ignoresTag: ignoredTags(options) });
}

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
