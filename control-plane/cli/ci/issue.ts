/** `keystead ci issue`: one issue as long as there is drift. */
import { Command } from 'commander';
import { reportIssue } from './forges/issue.ts';
import { requireName } from './forges/marker.ts';
import { openForge, type Provider, providerOption } from './forges/open.ts';
import { readReport } from './forges/read-report.ts';

interface Options {
  readonly provider: Provider;
  readonly report: string;
  readonly id: string;
  readonly title: string;
}

export function issueCommand(): Command {
  const command = new Command('issue')
    .description('Open an issue for a report of drift, keep it up to date, and close it when there is none.')
    .addOption(providerOption())
    .requiredOption('--report <file>', 'what "keystead drift --report json=FILE" wrote')
    .option('--id <name>', 'one issue for each name, such as that of a stack', 'drift')
    .option('--title <text>', 'before the number of differences', 'Drift')
    .addHelpText(
      'after',
      `
The issue has the label keystead-drift and one for each severity. The job's own variables say where: on GitHub
GITHUB_TOKEN (permissions: issues: write), GITHUB_REPOSITORY, GITHUB_API_URL; on GitLab KEYSTEAD_GITLAB_TOKEN (a project
access token), CI_API_V4_URL, CI_PROJECT_ID.

Example:
  keystead ci issue --provider github --report drift.json --id orders --title "Drift of orders"

Exit codes: 0 done, whether there is drift or not; 1 error.`,
    );
  return command.action(async () => {
    const { provider, report, id, title } = command.opts<Options>();
    const name = requireName(id);
    const comparison = await readReport(report);
    console.log(await reportIssue(openForge(provider, process.env), name, title, comparison));
  });
}
