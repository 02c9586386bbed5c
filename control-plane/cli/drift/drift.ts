/**
 * `keystead drift`: compares what Terraform's state declares with what runs, and names who changed it and when.
 * Read-only.
 * Exit codes follow `terraform plan -detailed-exitcode`: 0 none, 2 drift, 1 error.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';
import { type DeclaredState, parseDeclared } from './declared.ts';
import { describeComparison } from './describe.ts';
import { findDrift } from './find.ts';

interface DriftOptions extends ConnectionOptions {
  readonly dir: readonly string[];
  readonly state?: string;
  readonly terraform: string;
  readonly provider: string;
  readonly ignoreTags: string;
  readonly ignoreTagPrefixes: string;
  readonly json?: true;
}

const DRIFT_FOUND = 2;
const MAX_STATE_BYTES = 512 * 1024 * 1024;

export function driftCommand(): Command {
  const command = withConnectionOptions(
    new Command('drift').description('Compare what Terraform declares with what runs, and name who changed it.'),
  )
    .option('--dir <dirs...>', 'directories of applied stacks; all their states count as declared', ['.'])
    .option('--state <file>', 'output of "terraform show -json" instead; - reads standard input')
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
    .option('--json', 'print findings as one JSON document')
    .addHelpText('after', '\nExit codes: 0 no drift, 2 drift, 1 error. Nothing is changed.');
  return command.action(async () => {
    const options = command.opts<DriftOptions>();
    const { resources, ofOtherProviders } = await readDeclared(options);
    const findings = await findDrift(resources, await connect(options), { ignoresTag: ignoredTags(options) });
    const comparison = { resources: resources.length, findings, ofOtherProviders };
    console.log(options.json ? JSON.stringify(comparison, null, 2) : describeComparison(comparison));
    if (findings.length > 0) process.exitCode = DRIFT_FOUND;
  });
}

function ignoredTags({ ignoreTags, ignoreTagPrefixes }: DriftOptions): (key: string) => boolean {
  const listed = (text: string) => (text === '' ? [] : text.split(',').map((part) => part.trim()));
  const [keys, prefixes] = [new Set(listed(ignoreTags)), listed(ignoreTagPrefixes)];
  return (key) => keys.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}

async function readDeclared(options: DriftOptions): Promise<DeclaredState> {
  const texts = await Promise.all(
    options.state === undefined
      ? options.dir.map((dir) => showState(options.terraform, dir))
      : [readState(options.state)],
  );
  const states = texts.map((text) => parseDeclared(text, options.region, options.provider));
  return {
    resources: states.flatMap(({ resources }) => resources),
    ofOtherProviders: states.reduce((sum, state) => sum + state.ofOtherProviders, 0),
  };
}

async function readState(file: string): Promise<string> {
  if (file === '-') return readStream(process.stdin);
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, 'Give the output of "terraform show -json".');
  });
}

async function showState(binary: string, dir: string): Promise<string> {
  const options = { maxBuffer: MAX_STATE_BYTES };
  const { stdout } = await promisify(execFile)(binary, [`-chdir=${dir}`, 'show', '-json'], options).catch(
    (error: NodeJS.ErrnoException & { readonly stderr?: string }) => {
      if (error.code === 'ENOENT') {
        throw new CommandError(
          `"${binary}" is not on the PATH.`,
          'Install Terraform, name it with --terraform, or give --state.',
        );
      }
      throw new CommandError(
        `"${binary} show -json" failed in ${dir}: ${(error.stderr ?? error.message).trim()}`,
        'Run it in the directory of an applied stack (--dir), after terraform init.',
      );
    },
  );
  return stdout;
}
