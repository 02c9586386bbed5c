/** `keystead ci comment`: one comment on the pull or merge request, changed in place. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { CommandError } from '../shared/report.ts';
import { postComment } from './forges/comment.ts';
import { requireName } from './forges/marker.ts';
import { openForge, type Provider, providerOption, requestNumber } from './forges/open.ts';

interface Options {
  readonly provider: Provider;
  readonly file: string;
  readonly id: string;
  readonly number?: number;
}

export function commentCommand(): Command {
  const command = new Command('comment')
    .description('Post a text on the pull or merge request of the job, in place of the one of an earlier run.')
    .addOption(providerOption())
    .requiredOption('--file <file>', 'Markdown, as "keystead ci plan" writes it')
    .option('--id <name>', 'one comment for each name, such as that of a stack', 'plan')
    .option('--number <number>', 'of the pull or merge request (default: that of the job)', requestNumber)
    .addHelpText(
      'after',
      `
The job's own variables say where: on GitHub GITHUB_TOKEN (permissions: pull-requests: write), GITHUB_REPOSITORY,
GITHUB_API_URL, GITHUB_EVENT_PATH; on GitLab KEYSTEAD_GITLAB_TOKEN (a project access token), CI_API_V4_URL,
CI_PROJECT_ID, CI_MERGE_REQUEST_IID.

Example:
  keystead ci comment --provider github --file plan/comment.md --id orders

Exit codes: 0 posted, or already as it must be; 1 error.`,
    );
  return command.action(async () => {
    const { provider, file, id, number } = command.opts<Options>();
    const name = requireName(id);
    const text = await readFile(file, 'utf8').catch((error: Error) => {
      throw new CommandError(`${file} cannot be read: ${error.message}.`, '"keystead ci plan" writes plan/comment.md.');
    });
    const forge = openForge(provider, process.env);
    const request = number ?? forge.request();
    console.log(`Comment "${name}" on ${request}: ${await postComment(forge, request, name, text)}.`);
  });
}
