/** `keystead ci fetch`: brings the saved plan of the pull or merge request that a commit on the main branch came from. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import { Command } from 'commander';
import { CommandError } from '../shared/report.ts';
import { requireVariable } from './forges/environment.ts';
import { openForge, type Provider, providerOption } from './forges/open.ts';
import { unzip } from './forges/unzip.ts';

interface Options {
  readonly provider: Provider;
  readonly artifact: string;
  readonly out: string;
  readonly commit?: string;
  readonly workflow?: string;
}

export function fetchCommand(): Command {
  const command = new Command('fetch')
    .description('Download the saved plan of the pull or merge request that this commit came from.')
    .addOption(providerOption())
    .requiredOption(
      '--artifact <name>',
      'GitHub: name of the artifact before "-" and the head commit; GitLab: name of the job that plans',
    )
    .option('--out <dir>', 'where to write it', 'plan')
    .option('--commit <sha>', 'on the main branch (default: that of the job)')
    .option(
      '--workflow <file>',
      'GitHub: the only workflow whose artifacts count, .github/workflows/…yml (default: that of the job)',
    )
    .addHelpText(
      'after',
      `
A plan is refused when it is not of the last commit of the pull request, when that is of a fork, or when it changed the
pipeline itself. On GitHub the job needs "permissions: actions: read, pull-requests: read". On GitLab the job's token
is enough for merge commits; KEYSTEAD_GITLAB_TOKEN (a project access token, scope read_api) finds others too, and sees
whether the pipeline was changed.

Example:
  keystead ci fetch --provider github --artifact keystead-plan-orders --workflow .github/workflows/keystead.yml

Exit codes: 0 written, 1 error.`,
    );
  return command.action(async () => {
    const { provider, artifact, out, commit, workflow } = command.opts<Options>();
    const variable = provider === 'github' ? 'GITHUB_SHA' : 'CI_COMMIT_SHA';
    const sha = commit ?? requireVariable(process.env, variable, 'Name the commit with --commit.');
    const { of, headCommit, archive } = await openForge(provider, process.env).planOf(
      requireCommit(sha),
      artifact,
      defined({ workflow }),
    );
    const files = unzip(archive, isOfPlan);
    if (![...files.keys()].some((name) => name.startsWith('plan.'))) {
      throw new CommandError(`The artifact of ${of} has no plan.`, 'Run the job that plans again, and then this one.');
    }
    await mkdir(out, { recursive: true, mode: 0o700 });
    for (const [name, bytes] of files) await writeFile(join(out, name), bytes, { mode: 0o600 });
    console.log(`The plan of ${of}${headCommit && `, commit ${headCommit},`} is in ${out}.`);
  });
}

/** What "keystead ci plan" writes, encrypted or not. */
const isOfPlan = (name: string): boolean => /^(?:plan\.[a-z.]+|(?:comment|changes)\.md)$/.test(name);

function requireCommit(text: string): string {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text)) return text;
  throw new CommandError(`--commit: "${text}" is not the full name of a commit.`, 'Write all of its 40 digits.');
}
