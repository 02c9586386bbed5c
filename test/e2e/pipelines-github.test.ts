/**
 * The templates for GitHub Actions, run by `act` from the files themselves against a live control plane: what a pull
 * request, its merge, the schedule and a stranger get.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateGrantCommand,
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  RevokeGrantCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { describeAtLength } from '../support/at-length.ts';
import { type CiIssuer, type Claims, createCiIssuer, githubClaims } from '../support/ci-issuer.ts';
import { describeWith } from '../support/needs.ts';
import {
  type EventOptions,
  type GitHubProject,
  openGitHubProject,
  repository,
} from '../support/pipelines/github-project.ts';
import { makeKit } from '../support/pipelines/kit.ts';
import { createPlanKey } from '../support/pipelines/plan-key.ts';
import { writeStack } from '../support/pipelines/stack.ts';
import { type CommandResult, startServer, type TestServer } from '../support/server.ts';

let place: string;
let server: TestServer;
let issuer: CiIssuer;
let project: GitHubProject;
let kms: KMSClient;

const key = (description: string, more = '') => `resource "aws_kms_key" "orders" {
  description = "${description}"
}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.id
}
${more}`;
const same = { repo: { full_name: repository, id: 1 } };
const own = { repository };

const pullRequest = (number: number, sha: string, from: object = same) => ({
  ...{ number, pull_request: { number, head: { sha, ref: 'orders', ...from }, base: { ref: 'main', ...same } } },
});

/** A branch with this code, and its pull request. @returns the head */
async function open(branch: string, body: string): Promise<string> {
  await project.git('checkout', '--quiet', '-B', branch, 'main');
  await writeStack(project.directory, body, project.state);
  return project.commit(branch);
}

const plan = (number: number, head: string, options: EventOptions = {}): Promise<CommandResult> =>
  project.event('pull_request', { payload: pullRequest(number, head), ...options });

/** As the forge does: the run is over, the pull request is merged. @returns the commit on main */
async function merge(branch: string, number: number, head: string, run: number): Promise<string> {
  await project.keepRun(run, head);
  await project.git('checkout', '--quiet', 'main');
  await project.git('merge', '--quiet', '--no-ff', '--message', `Merge pull request #${number}`, branch);
  const sha = await project.git('rev-parse', 'HEAD');
  const repo = { id: 1 };
  const merged = { merged_at: '2026-11-30T00:00:00Z', merge_commit_sha: sha, files: ['stacks/orders/main.tf'] };
  project.forge.pulls.push({ number, ...merged, head: { sha: head, repo }, base: { repo } });
  return sha;
}

const inProduction = () => githubClaims('push', { ...own, environment: 'production' });
const push = (options: EventOptions = {}): Promise<CommandResult> =>
  project.event('push', { payload: { ref: 'refs/heads/main' }, claims: inProduction, ...options });

/** The job that plans has the claims of the branch, the one that applies those of the environment. */
async function applyByHand(): Promise<CommandResult> {
  await project.remove('keystead-plan-orders-by-hand');
  return project.event('workflow_dispatch', {
    inputs: { what: 'apply' },
    payload: { ref: 'refs/heads/main' },
    claims: async () => {
      const isPlanned = (await project.artifacts()).includes('keystead-plan-orders-by-hand');
      return githubClaims('workflow_dispatch', isPlanned ? { ...own, environment: 'production' } : own);
    },
  });
}
const compare = (what?: string): Promise<CommandResult> =>
  what === undefined
    ? project.event('schedule', { payload: { ref: 'refs/heads/main' } })
    : project.event('workflow_dispatch', { inputs: { what }, payload: { ref: 'refs/heads/main' } });

const described = async () => (await kms.send(new DescribeKeyCommand({ KeyId: 'alias/orders' }))).KeyMetadata;
const hasAlias = async (name: string) =>
  ((await kms.send(new ListAliasesCommand({}))).Aliases ?? []).some((one) => one.AliasName === name);
const openIssues = () => project.forge.issues.filter(({ state }) => state === 'open');

describeAtLength(
  'the pipeline on GitHub',
  () => {
    const inOrder = describeWith('terraform', 'act', 'git');
    inOrder('step by step', () => {
      beforeAll(async () => {
        place = await mkdtemp(join(tmpdir(), 'keystead-pipelines-'));
        [server, issuer] = await Promise.all([startServer(), createCiIssuer()]);
        kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
        await writeFile(join(place, 'jwks.json'), issuer.jwks);
        const roles = ['--repo', repository, '--provider', 'github'];
        const create = ['--environment', 'production', '--create', '--yes', '--jwks-file', join(place, 'jwks.json')];
        expect(await server.keystead('ci', 'roles', ...roles, ...create)).toMatchObject({ code: 0 });
        await createPlanKey(server, 'keys');
        project = await openGitHubProject(place, server, await makeKit(place), issuer);
        await writeStack(project.directory, '', project.state);
        await project.commit('the pipeline');
        expect(await server.keystead('drift', 'accept', '--baseline', 'orders')).toMatchObject({ code: 0 });
      });
      afterAll(async () => {
        kms?.destroy();
        await project?.stop();
        await server?.stop();
        await rm(place, { recursive: true, force: true });
      });

      test('a pull request gets a plan and one comment, which the next run changes', async () => {
        const first = await open('orders', key('order'));
        expect(await plan(12, first, { run: 1 })).toMatchObject({ code: 0 });
        const head = await open('orders', key('orders'));
        const result = await plan(12, head, { run: 2 });
        expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('Comment "orders" on 12: updated.') });
        expect(project.forge.comments).toMatchObject([{ issue: 12, body: expect.stringContaining('2 to add') }]);
        expect(project.forge.comments[0]?.body).toContain('`orders`');
        const [artifact = ''] = (await project.artifacts()).filter((name) => name.endsWith(head));
        expect(artifact).toBe(`keystead-plan-orders-${head}`);
        expect(await project.artifact(artifact, 'plan.tfplan.sealed')).toMatch(/^\{"format":"keystead-sealed/);
        await expect(project.artifact(artifact, 'plan.tfplan')).rejects.toThrow('ENOENT');
        expect(await hasAlias('alias/orders')).toBe(false);
      });

      test('a pull request of a fork gets nothing, and the run says so', async () => {
        const before = server.log().length;
        const fork = { repo: { full_name: 'mallory/keys', id: 2 } };
        const payload = pullRequest(13, await project.git('rev-parse', 'HEAD'), fork);
        const result = await project.event('pull_request', { payload, claims: 'none' });
        expect(result).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('is not planned for this pull request'),
        });
        expect(result.stdout).not.toMatch(/\/plan +\]|keystead ci/);
        expect([project.forge.comments.length, server.log().length]).toEqual([1, before]);
      });

      test('a pull request of Dependabot is not planned either', async () => {
        const result = await plan(14, await project.git('rev-parse', 'HEAD'), {
          claims: 'none',
          actor: 'dependabot[bot]',
        });
        expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('is not planned') });
      });

      test.each<[string, () => Claims]>([
        ['another repository', () => githubClaims('pull_request', { repository: 'mallory/keys' })],
        ['pull_request_target', () => githubClaims('pull_request_target', own)],
        ['a push to the branch', () => githubClaims('push', { ...own, branch: 'orders' })],
      ])('a token of %s plans nothing', async (_, claims) => {
        const result = await plan(15, await project.git('rev-parse', 'HEAD'), { claims });
        expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining('AccessDenied') });
        expect(project.forge.comments).toHaveLength(1);
      });

      test('a token that another job has used opens nothing', async () => {
        const head = await project.git('rev-parse', 'HEAD');
        const stolen = await issuer.mint({ ...githubClaims('pull_request', own), aud: 'keystead' });
        expect(await plan(16, head, { token: stolen })).toMatchObject({ code: 0 });
        const replayed = await plan(17, head, { token: stolen });
        expect(replayed).toMatchObject({
          code: 1,
          stdout: expect.stringMatching(/InvalidIdentityToken\S* The identity token has already opened a session/),
        });
        expect(project.forge.comments.map(({ issue }) => issue)).toEqual([12, 16]);
      });

      test('after its merge, a token of anything but main in the environment applies nothing', async () => {
        await merge('orders', 12, await project.git('rev-parse', 'orders'), 2);
        const refused: readonly Claims[] = [
          githubClaims('push', { ...own, tag: 'v1', environment: 'production' }),
          githubClaims('push', own),
          githubClaims('push', { ...own, environment: 'staging' }),
          githubClaims('pull_request', { ...own, environment: 'production' }),
        ];
        for (const claims of refused) {
          const result = await push({ run: 3, claims: () => claims });
          expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining('AccessDenied') });
        }
        expect(await hasAlias('alias/orders')).toBe(false);
      });

      test('exactly that plan is applied, and accepted in the baseline', async () => {
        const result = await push({ run: 4 });
        expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('The plan of pull request 12') });
        expect(await described()).toMatchObject({ Description: 'orders' });
        const { stdout } = await server.keystead('audit', 'tail', '--lines', '200');
        expect(stdout).toContain('AcceptChanges');
      });

      test('a tag and another branch run no apply at all', async () => {
        for (const ref of ['refs/tags/v1', 'refs/heads/orders']) {
          const result = await project.event('push', { payload: { ref }, claims: 'none' });
          expect([ref, result.stdout]).toEqual([ref, expect.not.stringMatching(/keystead ci|apply\/apply/)]);
        }
      });

      test('a plan that another merge made stale is refused, and one by hand is applied after its approval', async () => {
        const alias =
          'resource "aws_kms_alias" "more" {\n  name = "alias/more"\n  target_key_id = aws_kms_key.orders.id\n}\n';
        const stale = await open('alias', key('orders', alias));
        expect(await plan(20, stale, { run: 20 })).toMatchObject({ code: 0 });
        await project.keepRun(20, stale);
        const other = await open('tags', key('orders of all'));
        expect(await plan(21, other, { run: 21 })).toMatchObject({ code: 0 });
        await merge('tags', 21, other, 21);
        expect(await push({ run: 22 })).toMatchObject({ code: 0 });
        await merge('alias', 20, stale, 23);
        const refused = await push({ run: 24 });
        expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/hint: .*plan/i) });
        expect(await hasAlias('alias/more')).toBe(false);
        expect(await applyByHand()).toMatchObject({ code: 0 });
        expect(await hasAlias('alias/more')).toBe(true);
      });

      test('a pull request that changes the pipeline is not applied', async () => {
        const head = await open('pipeline', key('a changed pipeline'));
        expect(await plan(30, head, { run: 30 })).toMatchObject({ code: 0 });
        await merge('pipeline', 30, head, 30);
        const pull = project.forge.pulls.at(-1);
        if (pull) project.forge.pulls.splice(-1, 1, { ...pull, files: ['.github/workflows/keystead.yml'] });
        const result = await push({ run: 31 });
        expect(result).toMatchObject({
          code: 1,
          stdout: expect.stringContaining('changes .github/workflows/keystead.yml'),
        });
        expect(await described()).toMatchObject({ Description: 'orders of all' });
        expect(await applyByHand()).toMatchObject({ code: 0 });
      });

      test('the schedule finds nothing, then what was changed by hand: annotations, an issue, a failed run', async () => {
        expect(await compare()).toMatchObject({ code: 0, stdout: expect.stringContaining('no issue of it is open') });
        await kms.send(
          new UpdateKeyDescriptionCommand({ KeyId: (await described())?.KeyId, Description: '\n::error::x' }),
        );
        const grantee = `arn:aws:iam::${server.accountId}:root`;
        const grant = { KeyId: (await described())?.KeyId, GranteePrincipal: grantee };
        await kms.send(new CreateGrantCommand({ ...grant, Operations: ['Decrypt'] }));
        const result = await compare();
        expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining('There is drift') });
        expect(result.stdout).toMatch(/::error title=Drift%3A access gained::\S+key\/\S+ grant unknown to Terraform/);
        expect(openIssues()).toMatchObject([{ title: expect.stringContaining('Drift of orders: ') }]);
        expect(openIssues()[0]?.labels.map(({ name }) => name)).toContain('drift: access gained');
        expect(JSON.parse(await project.artifact('keystead-drift-orders', 'drift.sarif')).version).toBe('2.1.0');
      });

      test('by hand it also writes code for what was made by hand', async () => {
        expect(await compare('adopt')).toMatchObject({ code: 1 });
        expect(await project.artifact('keystead-drift-orders', 'adopted/what-to-do.txt')).toContain(
          'aws_kms_key.orders',
        );
        expect(openIssues()).toHaveLength(1);
      });

      test('a token that is not of the schedule or a person on the main branch compares nothing', async () => {
        const result = await project.event('schedule', { claims: () => githubClaims('push', own) });
        expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining('AccessDenied') });
        expect(openIssues()).toHaveLength(1);
      });

      test('a repair by hand sets back what Terraform sees, and leaves the judgement of the rest to a person', async () => {
        const repaired = await applyByHand();
        expect(repaired).toMatchObject({ code: 1, stdout: expect.stringContaining('was not accepted') });
        expect(await described()).toMatchObject({ Description: 'a changed pipeline' });
        const KeyId = (await described())?.KeyId;
        const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId }));
        for (const { GrantId } of Grants) await kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
        expect(await server.keystead('drift', 'accept', '--baseline', 'orders')).toMatchObject({ code: 0 });
      });

      test('the next run of the schedule closes the issue', async () => {
        expect(await compare()).toMatchObject({ code: 0, stdout: expect.stringContaining('closed: no drift.') });
        expect(openIssues()).toEqual([]);
      });
    });
  },
  'make test-pipelines',
);
