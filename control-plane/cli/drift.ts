/**
 * `keystead drift`: what Terraform's state declares against what runs, read-only, with who changed it and when.
 * Exit codes follow `terraform plan -detailed-exitcode`: 0 none, 2 drift, 1 error.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { type Connection, type ConnectionOptions, connect, withConnectionOptions } from './connection.ts';
import { readActual } from './drift/actual.ts';
import { type Cause, findCause } from './drift/attribute.ts';
import { compareAll, type Difference } from './drift/compare.ts';
import { type DeclaredResource, parseDeclared } from './drift/declared.ts';
import { CommandError } from './report.ts';

interface DriftOptions extends ConnectionOptions {
  readonly dir: readonly string[];
  readonly state?: string;
  readonly terraform: string;
  readonly json?: true;
}

export interface Finding extends Difference {
  readonly cause?: Cause;
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
    .option('--json', 'print findings as one JSON document')
    .addHelpText('after', '\nExit codes: 0 no drift, 2 drift, 1 error. Nothing is changed.');
  return command.action(async () => {
    const options = command.opts<DriftOptions>();
    const declared = await readDeclared(options);
    const connection = await connect(options);
    const findings = await findDrift(declared, connection);
    console.log(
      options.json ? JSON.stringify({ resources: declared.length, findings }, null, 2) : describe(declared, findings),
    );
    if (findings.length > 0) process.exitCode = DRIFT_FOUND;
  });
}

async function findDrift(declared: readonly DeclaredResource[], connection: Connection): Promise<readonly Finding[]> {
  const differences = await compareAll(declared, readActual(connection));
  return Promise.all(
    differences.map(async (difference) => {
      const cause = await findCause(connection, difference);
      return cause ? { ...difference, cause } : difference;
    }),
  );
}

async function readDeclared(options: DriftOptions): Promise<readonly DeclaredResource[]> {
  const states =
    options.state === undefined
      ? options.dir.map((dir) => showState(options.terraform, dir))
      : [readState(options.state)];
  return (await Promise.all(states)).flatMap((state) => parseDeclared(state, options.region));
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
          `There is no "${binary}" on the PATH.`,
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

function describe(declared: readonly DeclaredResource[], findings: readonly Finding[]): string {
  const compared = `${declared.length} declared resource${declared.length === 1 ? '' : 's'} compared`;
  if (findings.length === 0) return `No drift: ${compared}, all as declared.`;
  const count = `${findings.length} difference${findings.length === 1 ? '' : 's'}`;
  return [`Drift: ${count} (${compared}).`, ...findings.map(describeFinding)].join('\n\n');
}

function describeFinding(finding: Finding): string {
  const subject = finding.address ?? finding.resourceArn;
  const lines = [`${subject}: ${finding.attribute} ${finding.what}`];
  if (finding.details && finding.details.length > 0) lines.push(...finding.details.map((detail) => `    ${detail}`));
  else {
    if (finding.declared !== undefined) lines.push(`    declared  ${show(finding.declared)}`);
    if (finding.actual !== undefined) lines.push(`    actual    ${show(finding.actual)}`);
  }
  const { cause } = finding;
  lines.push(
    cause
      ? `    by        ${cause.principal} at ${cause.time} from ${cause.sourceIp} (${cause.eventName}, request ${cause.requestId})`
      : '    by        unknown: the audit holds no event that explains it',
  );
  return lines.join('\n');
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
