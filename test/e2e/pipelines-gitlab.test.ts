/**
 * The template for GitLab CI, run by `gitlab-ci-local` from the file itself against a live control plane: what a merge
 * request, its merge, the schedule and a stranger get.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeKeyCommand, KMSClient, UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms';
import { describeAtLength } from '../support/at-length.ts';
import { type CiIssuer, createCiIssuer, gitlabClaims } from '../support/ci-issuer.ts';
import { describeWith } from '../support/needs.ts';
import {
  type GitLabProject,
  project as name,
  openGitLabProject,
  type PipelineOptions,
} from '../support/pipelines/gitlab-project.ts';
import { makeKit } from '../support/pipelines/kit.ts';
import { createPlanKey } from '../support/pipelines/plan-key.ts';
import { writeStack } from '../support/pipelines/stack.ts';
import { startServer, type TestServer } from '../support/server.ts';

let place: string;
let server: TestServer;
let issuer: CiIssuer;
let project: GitLabProject;
let kms: KMSClient;

const key = (description: string) => `resource "aws_kms_key" "orders" {
  description = "${description}"
}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.id
}
`;
const own = { repository: name };
const described = async () =>
  (await kms.send(new DescribeKeyCommand({ KeyId: 'alias/orders' }))).KeyMetadata?.Description;

const request = (more: Readonly<Record<string, string>> = {}) => ({
  ...{ CI_MERGE_REQUEST_IID: '12', CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '7', CI_PROJECT_ID: '7' },
  ...more,
});

async function open(branch: string, body: string): Promise<string> {
  await project.git('checkout', '--quiet', '-B', branch, 'main');
  await writeStack(project.directory, body, project.state);
  return project.commit(branch);
}

const plan = (options: PipelineOptions = {}) =>
  project.pipeline('merge_request_event', {
    variables: request(),
    claims: gitlabClaims('merge_request_event', { ...own, branch: 'orders' }),
    ...options,
  });

/** As GitLab does: the job's artifacts are kept, and the merge commit names the merge request. */
async function merge(branch: string, iid: number, head: string): Promise<PipelineOptions> {
  const files: Record<string, Buffer> = {};
  for (const file of await readdir(join(project.directory, 'plan-orders'))) {
    files[`plan-orders/${file}`] = await readFile(join(project.directory, 'plan-orders', file));
  }
  const job = { id: iid * 10, name: 'orders-plan', request: iid, pipeline: iid, source: 'merge_request_event' };
  project.forge.jobs.push({ ...job, commit: head, files });
  await project.git('checkout', '--quiet', 'main');
  const message = `Merge branch '${branch}' into 'main'\n\nSee merge request ${name}!${iid}`;
  await project.git('merge', '--quiet', '--no-ff', '--message', message, branch);
  const sha = await project.git('rev-parse', 'HEAD');
  const ids = { source_project_id: 7, target_project_id: 7, squash_commit_sha: null };
  project.forge.requests.push({ iid, state: 'merged', sha: head, merge_commit_sha: sha, files: ['main.tf'], ...ids });
  return { variables: { CI_COMMIT_SHA: sha, CI_COMMIT_MESSAGE: message }, claims: inProduction('push') };
}

const inProduction = (source: string) => gitlabClaims(source, { ...own, environment: 'production' });

describeAtLength(
  'the pipeline on GitLab',
  () => {
    describeWith(
      'terraform',
      'gitlab-ci-local',
      'git',
    )('step by step', () => {
      beforeAll(async () => {
        place = await mkdtemp(join(tmpdir(), 'keystead-pipelines-'));
        [server, issuer] = await Promise.all([startServer(), createCiIssuer(3600)]);
        kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
        await writeFile(join(place, 'jwks.json'), issuer.jwks);
        const roles = ['--repo', name, '--provider', 'gitlab', '--environment', 'production'];
        const create = ['--create', '--yes', '--jwks-file', join(place, 'jwks.json')];
        expect(await server.keystead('ci', 'roles', ...roles, ...create)).toMatchObject({ code: 0 });
        await createPlanKey(server, 'keys');
        project = await openGitLabProject(place, server, await makeKit(place), issuer);
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

      test.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
        ['a merge request', 'merge_request_event', request(), ['orders-plan']],
        ['a merge request of a fork', 'merge_request_event', request({ CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8' }), []],
        ['a push to the protected main branch', 'push', {}, ['orders-apply']],
        ['a push to a main branch that is not protected', 'push', { CI_COMMIT_REF_PROTECTED: 'false' }, []],
        ['a push to another branch', 'push', { CI_COMMIT_BRANCH: 'orders' }, []],
        ['a schedule', 'schedule', {}, ['orders-drift']],
        ['a person', 'web', {}, ['orders-drift by hand', 'orders-plan-again by hand', 'orders-apply-again by hand']],
        ['another project', 'pipeline', {}, []],
      ])('the rules choose for %s the jobs that it gets', async (_, source, variables, jobs) => {
        expect([...(await project.jobs(source, { variables }))].sort()).toEqual([...jobs].sort());
      });

      test('a merge request gets a plan, its report and one comment', async () => {
        await open('orders', key('orders'));
        expect(await plan()).toMatchObject({ code: 0 });
        expect(await plan()).toMatchObject({ code: 0 });
        expect(project.forge.notes).toMatchObject([{ request: 12, body: expect.stringContaining('2 to add') }]);
        expect(JSON.parse(String(await project.artifact('plan-orders/terraform-report.json')))).toEqual({
          ...{ create: 2, update: 0, delete: 0 },
        });
        expect(String(await project.artifact('plan-orders/plan.tfplan.sealed'))).toMatch(
          /^\{"format":"keystead-sealed/,
        );
      });

      test('without a project access token it is planned without a comment', async () => {
        expect(await plan({ withProjectToken: false })).toMatchObject({ code: 0 });
        expect(project.forge.notes).toHaveLength(1);
      });

      test.each([
        ['another project', gitlabClaims('merge_request_event', { repository: 'mallory/keys' })],
        ['a push', gitlabClaims('push', own)],
        ['a tag', gitlabClaims('push', { ...own, tag: 'v1' })],
      ])('a token of %s plans nothing', async (_, claims) => {
        const { code, stdout, stderr } = await plan({ claims });
        expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('AccessDenied')]);
      });

      test('a token that another job has used opens nothing', async () => {
        const token = await issuer.mint(gitlabClaims('merge_request_event', own));
        expect(await plan({ token })).toMatchObject({ code: 0 });
        const { code, stdout, stderr } = await plan({ token });
        expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('has already opened a session')]);
      });

      test('its merge applies exactly that plan, with the token of the job alone', async () => {
        expect(await plan()).toMatchObject({ code: 0 });
        const merged = await merge('orders', 12, await project.git('rev-parse', 'orders'));
        const refused = await project.pipeline('push', { ...merged, claims: gitlabClaims('push', own) });
        expect([refused.code, refused.stdout + refused.stderr]).toEqual([1, expect.stringContaining('AccessDenied')]);
        expect(await project.pipeline('push', { ...merged, withProjectToken: false })).toMatchObject({ code: 0 });
        expect(await described()).toBe('orders');
      });

      test('the same plan once more is stale', async () => {
        await project.git('commit', '--quiet', '--allow-empty', '--message', 'again');
        const sha = await project.git('rev-parse', 'HEAD');
        const [merged] = project.forge.requests;
        if (merged) project.forge.requests.splice(0, 1, { ...merged, merge_commit_sha: sha });
        const options = { variables: { CI_COMMIT_SHA: sha }, claims: inProduction('push') };
        const { code, stdout, stderr } = await project.pipeline('push', options);
        expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('The state moved on')]);
      });

      test('the schedule finds nothing, then what was changed by hand, which a person sets back', async () => {
        expect(await project.pipeline('schedule')).toMatchObject({ code: 0 });
        const { KeyId } = (await kms.send(new DescribeKeyCommand({ KeyId: 'alias/orders' }))).KeyMetadata ?? {};
        await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
        expect(await project.pipeline('schedule')).toMatchObject({ code: 1 });
        expect(project.forge.issues).toMatchObject([{ state: 'opened', title: 'Drift of orders: 1 difference' }]);
        const quality = JSON.parse(String(await project.artifact('drift-orders/code-quality.json')));
        expect(quality).toMatchObject([{ location: { path: 'stacks/orders/main.tf' }, severity: 'info' }]);
        expect(await project.pipeline('web', { job: 'orders-plan-again' })).toMatchObject({ code: 0 });
        const again = { job: 'orders-apply-again', claims: inProduction('web') };
        const { code, stdout, stderr } = await project.pipeline('web', again);
        expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('was not accepted')]);
        expect(await described()).toBe('orders');
        expect(await server.keystead('drift', 'accept', '--baseline', 'orders')).toMatchObject({ code: 0 });
        expect(await project.pipeline('schedule')).toMatchObject({ code: 0 });
        expect(project.forge.issues).toMatchObject([{ state: 'closed' }]);
      });
    });
  },
  'make test-pipelines',
);
