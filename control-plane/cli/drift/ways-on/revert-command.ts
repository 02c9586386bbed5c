/** `keystead drift revert`: plans what sets back the differences, and prints commands for what no plan reaches. */
import { Command } from 'commander';
import type { ConnectionOptions } from '../../shared/connection.ts';
import { CommandError } from '../../shared/report.ts';
import type { Comparison, Finding } from '../findings/finding.ts';
import { count, titleOf } from '../reports/words.ts';
import { type DeclaredResource, keyIdOf } from '../states/declared.ts';
import { type ReadStack, readStacks } from '../states/read-stacks.ts';
import type { Stack } from '../states/stack.ts';
import { chosenStacks, type StackOptions } from '../states/stacks.ts';
import { chosenFindings } from './chosen-findings.ts';
import {
  commandsBefore,
  commandsFor,
  commandsForOpen,
  quoted,
  type Reach,
  type Command as ShellCommand,
} from './commands.ts';
import { changedArguments, dropPlan, losesSomething, type PlannedChange, planRepair, repairs } from './repair-plan.ts';
import { isOpenSince, whyLeft } from './since.ts';

interface RevertOptions extends ConnectionOptions, StackOptions {
  readonly out: string;
  readonly allowLoss?: true;
}

const SOMETHING_TO_REVERT = 2;

/** @param compare what `keystead drift` does with the same options */
export function revertCommand<Options extends ConnectionOptions & StackOptions>(
  compare: (options: Options) => Promise<Comparison>,
): Command {
  const command = new Command('revert')
    .description('Plan what sets the differences back, and print the commands for what no plan reaches.')
    .argument('[findings...]', 'ids from a report; without any, all of them')
    .option('--out <file>', 'the plan, in the directory of each stack', 'drift-revert.tfplan')
    .option('--allow-loss', 'also save a plan that destroys something, or makes a new key where another was')
    .addHelpText('after', '\nNothing is changed. Exit codes: 0 nothing to revert, 2 something to revert, 1 error.');
  return command.action(async (ids: readonly string[]) => {
    const options = command.optsWithGlobals<Options & RevertOptions>();
    const findings = chosenFindings((await compare(options)).findings, ids);
    if (findings.length === 0) return console.log('No drift: nothing to revert.');
    process.exitCode = SOMETHING_TO_REVERT;
    const stacks = await readStacks((await chosenStacks(options)).stacks);
    const lines = await linesOf(findings, stacks, options);
    console.log(lines.join('\n'));
  });
}

async function linesOf(
  findings: readonly Finding[],
  stacks: readonly ReadStack[],
  { out, allowLoss }: RevertOptions,
): Promise<readonly string[]> {
  const reach = reachOf(stacks);
  const first = linesBefore(findings, reach);
  if (first.length > 0) {
    return ['First, before anything is planned: run these commands, then keystead drift revert again.', ...first];
  }
  const owned = findings.map((finding) => ({ finding, stack: stackOf(finding, stacks) }));
  const planned = await Promise.all(
    stacks.map((stack) => {
      const own = owned.flatMap((one) => (one.stack === stack ? [one.finding] : []));
      return repairStack(stack, own, { out, allowLoss: allowLoss === true, reach });
    }),
  );
  const others = owned.flatMap(({ finding, stack }) => (stack === undefined ? [finding] : []));
  return [...planned.flat(), ...othersLines(others, reach)];
}

/** A moved primary key is a finding of each of its keys, and one command. */
function linesBefore(findings: readonly Finding[], reach: Reach): readonly string[] {
  const said = new Set<string>();
  return findings.flatMap((finding) => {
    const commands = commandsBefore(finding, reach).filter(({ line }) => !said.has(line));
    for (const { line } of commands) said.add(line);
    return commandLines(finding, commands);
  });
}

/** One control plane can be named in the commands. */
function reachOf(stacks: readonly ReadStack[]): Reach {
  const [first, ...others] = new Set(stacks.map(({ stack: { endpoint } }) => endpoint));
  const [profile] = stacks.map(({ stack }) => stack.profile);
  return first === undefined || others.length > 0 ? {} : { endpoint: first, ...(profile !== undefined && { profile }) };
}

/** Whose plan can set the difference back. Two stacks, or workspaces of one, can have the same address. */
function stackOf(finding: Finding, stacks: readonly ReadStack[]): ReadStack | undefined {
  if (finding.what !== 'changed' && finding.what !== 'missing') return undefined;
  const named = stacks.filter(({ resources }) => resources.some(({ address }) => address === finding.address));
  return named.length === 1 ? named[0] : named.find(({ resources }) => resources.some((one) => isOf(one, finding)));
}

function isOf({ address, region, values }: DeclaredResource, finding: Finding): boolean {
  if (address !== finding.address || region !== finding.region) return false;
  if (finding.grantId !== undefined && values.grant_id !== undefined) return values.grant_id === finding.grantId;
  const names = [values.arn, values.key_id, values.id].filter((name) => typeof name === 'string');
  return names.some((name) => name === finding.resourceArn || keyIdOf(name) === keyIdOf(finding.resourceArn));
}

interface RepairOptions {
  readonly out: string;
  readonly allowLoss: boolean;
  readonly reach: Reach;
}

async function repairStack(
  { stack }: ReadStack,
  findings: readonly Finding[],
  { out, allowLoss, reach }: RepairOptions,
): Promise<readonly string[]> {
  if (findings.length === 0) return [];
  const { source } = stack;
  if (!('dir' in source)) return [`${stack.name} is a file: give the directory of the stack with --dir to plan.`];
  const { file, changes, isTargeted } = await planRepair(source, out, findings);
  const losses = changes.filter(losesSomething);
  if (losses.length > 0 && !allowLoss) {
    await dropPlan(source, out);
    throw new CommandError(
      `The plan for ${stack.name} would lose something, and is not saved: ${losses.map(changeLine).join('; ')}.`,
      'Name the findings to revert without it, correct the code, or accept the loss with --allow-loss.',
    );
  }
  const open = findings.filter((one) => !repairs(changes, one));
  if (changes.length === 0) await dropPlan(source, out);
  const planned = changes.length === 0 ? [] : planLines(stack, source.dir, file, changes, isTargeted);
  return [
    ...planned,
    ...open.flatMap((finding) => {
      const commands = commandsForOpen(finding, reach);
      return commands.length > 0 ? commandLines(finding, commands) : leftLines(finding, whyOpen);
    }),
  ];
}

const whyOpen = 'no plan sets it back: write the value in the code, or look at keystead drift explain';

function planLines(
  { name }: Stack,
  dir: string,
  file: string,
  changes: readonly PlannedChange[],
  isTargeted: boolean,
): readonly string[] {
  return [
    `${name}: ${file} sets back ${count(changes.length, 'resource')}.`,
    ...changes.map((change) => `    ${changeLine(change)}`),
    ...(isTargeted ? ['  The code has further changes that were not applied yet: they are not in this plan.'] : []),
    `  To apply it: terraform -chdir=${quoted(dir)} apply ${quoted(file)}`,
  ];
}

function changeLine(change: PlannedChange): string {
  const { address, actions } = change;
  const verb =
    actions.length > 1 ? 'replaces' : { create: 'makes anew', delete: 'DESTROYS', forget: 'forgets' }[actions[0] ?? ''];
  return verb === undefined ? `changes ${address}: ${changedArguments(change).join(', ')}` : `${verb} ${address}`;
}

function othersLines(findings: readonly Finding[], reach: Reach): readonly string[] {
  if (findings.length === 0) return [];
  return [
    'What no plan reaches. Nothing of this was run; choose:',
    ...findings.flatMap((finding) => {
      const commands = isOpenSince(finding) ? commandsForOpen(finding, reach) : commandsFor(finding, reach);
      return commands.length > 0 ? commandLines(finding, commands) : leftLines(finding, whyLeft(finding));
    }),
  ];
}

function commandLines(finding: Finding, commands: readonly ShellCommand[]): readonly string[] {
  if (commands.length === 0) return [];
  return [
    `  ${titleOf(finding)} (${finding.id})`,
    ...commands.flatMap(({ effect, line }) => [`    # ${effect}`, `    ${line}`]),
  ];
}

const leftLines = (finding: Finding, why: string): readonly string[] => [
  `  ${titleOf(finding)} (${finding.id})`,
  `    ${why}`,
];
