/**
 * `keystead ci …`: what the jobs of a pipeline do, one file a command. The templates for the CI systems only call these,
 * so all of them do the same.
 */
import { Command } from 'commander';

/** In the order of the help text. */
const commands: readonly (() => Command)[] = [];

export function ciCommand(): Command {
  const ci = new Command('ci').description('The steps of a pipeline, as its jobs call them.');
  for (const command of commands) ci.addCommand(command());
  return ci;
}
