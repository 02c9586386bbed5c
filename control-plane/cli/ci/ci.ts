/**
 * `keystead ci …`: what the jobs of a pipeline do, one file a command. The templates for the CI systems only call these,
 * so all of them do the same.
 */
import { Command } from 'commander';
import { annotateCommand } from './annotate.ts';
import { applyCommand } from './apply.ts';
import { commentCommand } from './comment.ts';
import { fetchCommand } from './fetch.ts';
import { issueCommand } from './issue.ts';
import { planCommand } from './plan.ts';
import { rolesCommand } from './roles.ts';
import { tokenCommand } from './token.ts';

/** In the order of the help text. */
const commands: readonly (() => Command)[] = [
  rolesCommand,
  planCommand,
  applyCommand,
  tokenCommand,
  fetchCommand,
  commentCommand,
  annotateCommand,
  issueCommand,
];

export function ciCommand(): Command {
  const ci = new Command('ci').description('The steps of a pipeline, as its jobs call them.');
  for (const command of commands) ci.addCommand(command());
  return ci;
}
