/**
 * A repository with the templates for GitHub, as their page says to copy them, whose runs `act` executes on this machine
 * from the files themselves. The forge is the fake; identity tokens come from an issuer of the test.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CiIssuer, type Claims, githubClaims } from '../ci-issuer.ts';
import { type FakeGitHub, startGitHub, token } from '../forges/github.ts';
import { type HttpFake, startFake } from '../forges/http-fake.ts';
import { type CommandResult, root, run, type TestServer } from '../server.ts';
import { type Git, initGit } from './git.ts';
import type { Kit } from './kit.ts';

export const repository = 'team/keys';
const pin = '@0000000000000000000000000000000000000000';

export interface GitHubProject extends Git {
  readonly forge: FakeGitHub;
  /** Of the stack. */
  readonly state: string;
  /** Names of the artifacts that runs kept. */
  artifacts(): Promise<readonly string[]>;
  artifact(name: string, file: string): Promise<string>;
  remove(name: string): Promise<void>;
  /**
   * What GitHub does when a pull request was planned: its run and its artifacts are there for later runs.
   * @param head its commit
   */
  keepRun(id: number, head: string): Promise<void>;
  /** Runs the workflow for an event in the present checkout. */
  event(name: string, options?: EventOptions): Promise<CommandResult>;
  stop(): Promise<void>;
}

export interface EventOptions {
  readonly payload?: object;
  /** Claims of the identity token, changed; 'none': GitHub gives the job no token, as for a fork. */
  readonly claims?: 'none' | (() => Claims | Promise<Claims>);
  /** In place of a new one. */
  readonly token?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly actor?: string;
  readonly run?: number;
}

/** @param place a directory of the test */
export async function openGitHubProject(
  place: string,
  server: TestServer,
  kit: Kit,
  issuer: CiIssuer,
): Promise<GitHubProject> {
  const [directory, artifacts] = [join(place, 'repository'), join(place, 'artifacts')];
  await mkdir(join(directory, '.github/workflows'), { recursive: true });
  await mkdir(artifacts);
  const templates = join(root, 'pipelines/github');
  await cp(join(templates, 'actions'), join(directory, '.github/actions/keystead'), { recursive: true });
  await cp(join(templates, 'workflows'), join(directory, '.github/workflows'), { recursive: true });
  const caller = await readFile(join(templates, 'keystead.yml'), 'utf8');
  await writeFile(join(directory, '.github/workflows/keystead.yml'), ownValues(caller, server.endpoint, kit.directory));
  await writeFile(join(directory, '.gitignore'), '/plan\n/drift\n.terraform/\n');
  const git = await initGit(directory, `https://github.com/${repository}`);
  const forge = await startGitHub();
  let claims: () => Claims | Promise<Claims> = () => ({});
  let fixed: string | undefined;
  const mint = await startFake(
    [
      [
        'GET',
        /^\/mint$/,
        async ({ query }) => ({
          body: { value: fixed ?? (await issuer.mint({ ...(await claims()), aud: query.get('audience') })) },
        }),
      ],
    ],
    ({ headers }) => (headers.authorization === 'Bearer request-token' ? undefined : { status: 401, body: {} }),
  );
  return {
    ...git,
    forge,
    state: join(place, 'orders.tfstate'),
    artifacts: () => readdir(artifacts),
    artifact: (name, file) => readFile(join(artifacts, name, file), 'utf8'),
    async keepRun(id, head) {
      for (const name of await readdir(artifacts)) {
        const files: Record<string, Buffer> = {};
        for (const file of await readdir(join(artifacts, name)))
          files[file] = await readFile(join(artifacts, name, file));
        const run = { id, head_sha: head, head_repository_id: 1 };
        forge.artifacts.push({ id: id * 100 + forge.artifacts.length, name, expired: false, files, workflow_run: run });
        await rm(join(artifacts, name), { recursive: true });
      }
      const path = '.github/workflows/keystead.yml';
      forge.runs.push({ id, event: 'pull_request', path, head_sha: head, conclusion: 'success' });
    },
    remove: (name) => rm(join(artifacts, name), { recursive: true, force: true }),
    async event(name, options = {}) {
      const { payload = {}, inputs = {}, actor = 'alice', run: id = 1, token: given } = options;
      const { claims: wanted = () => githubClaims(name, { repository }) } = options;
      const event = join(place, 'event.json');
      await writeFile(event, JSON.stringify({ ...payload, ...(Object.keys(inputs).length > 0 && { inputs }) }));
      if (wanted !== 'none') claims = wanted;
      fixed = given;
      return act(git.directory, name, event, {
        ...{ actor, secrets: [`GITHUB_TOKEN=${token}`] },
        env: {
          ...{
            TEST_FORGE: forge.address,
            TEST_ARTIFACTS: artifacts,
            KEYSTEAD_NODE: kit.node,
            GITHUB_RUN_ID: String(id),
          },
          ...{ GITHUB_WORKFLOW_REF: `${repository}/.github/workflows/keystead.yml@refs/heads/main` },
          ...(wanted !== 'none' && tokenRequest(mint)),
        },
      });
    },
    async stop() {
      await Promise.all([forge.stop(), mint.stop()]);
    },
  };
}

const tokenRequest = ({ address }: HttpFake) => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${address}/mint?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
});

/** What the page of the templates says to replace. */
function ownValues(caller: string, endpoint: string, kit: string): string {
  return caller
    .replaceAll('https://keystead.example.com', endpoint)
    .replaceAll(/^( +)stack: orders$/gm, `$1stack: orders\n$1kit: ${kit}`);
}

interface ActOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly actor: string;
}

/** On this machine, without containers. Actions that cannot be fetched are those beside this file. */
function act(
  directory: string,
  event: string,
  file: string,
  { env, secrets, actor }: ActOptions,
): Promise<CommandResult> {
  const local = (name: string, folder: string) => [
    '--local-repository',
    `${name}${pin}=${join(import.meta.dirname, folder)}`,
  ];
  const args = [
    ...[event, '--eventpath', file, '--actor', actor, '--workflows', '.github/workflows/keystead.yml'],
    ...[
      '--platform',
      'ubuntu-latest=-self-hosted',
      '--no-cache-server',
      '--action-offline-mode',
      '--concurrent-jobs',
      '1',
    ],
    ...local('actions/upload-artifact', 'actions/upload-artifact'),
    ...local('actions/download-artifact', 'actions/download-artifact'),
    ...local('github/codeql-action', 'actions'),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...secrets.flatMap((secret) => ['--secret', secret]),
  ];
  return run('act', args, { cwd: directory, env: { ...env, NODE_OPTIONS: '' } });
}
