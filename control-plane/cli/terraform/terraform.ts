/**
 * `keystead terraform check`: says before the first plan what of a configuration this provider does not have. It reads
 * files only. Exit codes as in `keystead drift`: 0 everything is served, 2 something is not, 1 error.
 */
import { Command } from 'commander';
import { version } from '../shared/version.ts';
import { checkModule } from './check.ts';
import { describeOutcome, type Outcome } from './describe.ts';
import { type Modules, readModules } from './module.ts';

const NOT_SERVED = 2;

export function terraformCommand(): Command {
  return new Command('terraform')
    .description('What concerns configurations of Terraform and OpenTofu.')
    .addCommand(checkCommand());
}

function checkCommand(): Command {
  const command = new Command('check')
    .description('Tell which types, arguments and provider versions of a configuration are not served.')
    .argument('[dirs...]', 'directories of configurations; modules that they call are looked at, too', ['.'])
    .option('--json', 'print the outcome as one JSON document')
    .addHelpText('after', '\nExit codes: 0 everything is served, 2 something is not, 1 error. Nothing is changed.');
  return command.action(async (directories: readonly string[]) => {
    const outcome = outcomeOf(await Promise.all(directories.map(readModules)));
    console.log(command.opts().json ? JSON.stringify(outcome, null, 2) : describeOutcome(outcome));
    if (outcome.findings.length > 0) process.exitCode = NOT_SERVED;
  });
}

/** A module that several directories call counts once. */
function outcomeOf(read: readonly Modules[]): Outcome {
  const modules = new Map(read.flatMap((one) => one.modules).map((module) => [module.directory, module] as const));
  const checked = [...modules.values()].map((module) => checkModule(module, version));
  return {
    directories: modules.size,
    blocks: checked.reduce((sum, { blocks }) => sum + blocks, 0),
    findings: checked.flatMap(({ findings }) => findings),
    toReplace: checked.flatMap(({ toReplace }) =>
      toReplace.map(({ file, line }) => (line === undefined ? file : `${file}:${line}`)),
    ),
    notInstalled: read.flatMap(({ notInstalled }) => notInstalled),
  };
}
