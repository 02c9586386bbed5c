/**
 * A project with the template for GitLab, as its page says to copy it, whose jobs `gitlab-ci-local` executes on this
 * machine from the file itself. The forge is the fake; identity tokens come from an issuer of the test.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CiIssuer, type Claims, gitlabClaims } from '../ci-issuer.ts';
import { type FakeGitLab, startGitLab } from '../forges/gitlab.ts';
import { type CommandResult, root, run, type TestServer } from '../server.ts';
import { type Git, initGit } from './git.ts';
import type { Kit } from './kit.ts';

export const project = 'team/keys';

export interface GitLabProject extends Git {
  readonly forge: FakeGitLab;
  readonly state: string;
  /** A file of an artifact, of the last pipeline that wrote it. */
  artifact(path: string): Promise<Buffer>;
  /** Runs what the rules choose for a pipeline of this source, or the one job that is named. */
  pipeline(source: string, options?: PipelineOptions): Promise<CommandResult>;
  /** The jobs that the rules choose, without running them. */
  jobs(source: string, options?: PipelineOptions): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface PipelineOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Runs only this job, as somebody who starts it by hand; what earlier ones kept is there. */
  readonly job?: string;
  /** Default: those that GitLab writes for this source, on main. */
  readonly claims?: Claims;
  readonly token?: string;
  /** Whether the masked variable with a project access token is there. */
  readonly withProjectToken?: boolean;
}

const program = join(root, 'scripts/pipelines/node_modules/gitlab-ci-local/dist/index.js');

/** @param place a directory of the test */
export async function openGitLabProject(
  place: string,
  server: TestServer,
  kit: Kit,
  issuer: CiIssuer,
): Promise<GitLabProject> {
  const directory = join(place, 'project');
  await mkdir(join(directory, '.gitlab/keystead'), { recursive: true });
  const templates = join(root, 'pipelines/gitlab');
  await cp(join(templates, 'templates/stack.yml'), join(directory, '.gitlab/keystead/stack.yml'));
  const own = (await readFile(join(templates, 'gitlab-ci.yml'), 'utf8'))
    .replaceAll('https://keystead.example.com', server.endpoint)
    .replaceAll(/^( +)stack: orders$/gm, `$1stack: orders\n$1kit: ${kit.directory}`);
  await writeFile(join(directory, '.gitlab-ci.yml'), own);
  await writeFile(join(directory, '.gitignore'), '/plan-orders\n/drift-orders\n.terraform/\n.gitlab-ci-local/\n');
  const git = await initGit(directory, `https://gitlab.com/${project}.git`);
  await git.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  const forge = await startGitLab();
  let id = 0;
  const execute = async (source: string, options: PipelineOptions, ...args: string[]): Promise<CommandResult> => {
    const { variables = {}, job, token, withProjectToken = true } = options;
    const { claims = gitlabClaims(source, { repository: project }) } = options;
    id += 1;
    const { KEYSTEAD_GITLAB_TOKEN: projectToken = '', ...predefined } = forge.env;
    const given: Readonly<Record<string, string>> = {
      ...predefined,
      ...(withProjectToken && { KEYSTEAD_GITLAB_TOKEN: projectToken }),
      ...{ CI_PIPELINE_SOURCE: source, CI_DEFAULT_BRANCH: 'main', CI_JOB_ID: String(id) },
      CI_COMMIT_REF_PROTECTED: String(source !== 'merge_request_event'),
      KEYSTEAD_ID_TOKEN: token ?? (await issuer.mint(claims)),
      KEYSTEAD_NODE: kit.node,
      ...variables,
    };
    const all = [
      ...['--force-shell-executor', '--no-color', '--concurrency', '1', '--no-evaluate-rule-changes'],
      ...['--ignore-predefined-vars', Object.keys(given).join(',')],
      ...Object.entries(given).flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
      ...(job === undefined ? [] : [job]),
      ...args,
    ];
    return run(process.execPath, [program, ...all], { cwd: directory, env: { NODE_OPTIONS: '' } });
  };
  return {
    ...git,
    forge,
    state: join(place, 'orders.tfstate'),
    artifact: (path) => readFile(join(directory, path)),
    pipeline: (source, options = {}) => execute(source, options),
    async jobs(source, options = {}) {
      const { stdout } = await execute(source, options, '--list-json');
      const jobs = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as { name: string; when: string }[];
      return jobs.flatMap(({ name, when }) => (when === 'never' ? [] : [when === 'manual' ? `${name} by hand` : name]));
    },
    stop: () => forge.stop(),
  };
}
