/** Which saved plan belongs to a commit on the main branch, and which of them is trusted. */
import { openGitHub } from '@keystead/control-plane/cli/ci/forges/github.ts';
import { openGitLab } from '@keystead/control-plane/cli/ci/forges/gitlab.ts';
import { unzip } from '@keystead/control-plane/cli/ci/forges/unzip.ts';
import {
  type FakeArtifact,
  type FakeGitHub,
  type FakePull,
  type FakeRun,
  startGitHub,
} from '../../../support/forges/github.ts';
import { type FakeGitLab, type FakeMergeRequest, startGitLab } from '../../../support/forges/gitlab.ts';
import { zipOf } from '../../../support/forges/zip.ts';

const [head, merge, older] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];
const workflow = '.github/workflows/keystead.yml';

describe('GitHub', () => {
  let github: FakeGitHub;
  beforeEach(async () => {
    github = await startGitHub();
  });
  afterEach(() => github?.stop());

  const pull = (changes: Partial<FakePull> = {}): FakePull => ({
    ...{ number: 12, merged_at: '2026-11-30T00:00:00Z', merge_commit_sha: merge, files: ['main.tf'] },
    head: { sha: head, repo: { id: 1 } },
    base: { repo: { id: 1 } },
    ...changes,
  });
  const artifact = (changes: Partial<FakeArtifact> = {}): FakeArtifact => ({
    ...{ id: 5, name: `keystead-plan-orders-${head}`, expired: false, files: { 'plan.tfplan': 'the plan' } },
    workflow_run: { id: 50, head_sha: head, head_repository_id: 1 },
    ...changes,
  });
  const run = (changes: Partial<FakeRun> = {}): FakeRun => ({
    ...{ id: 50, event: 'pull_request', path: workflow, head_sha: head, conclusion: 'success' },
    ...changes,
  });
  const find = () => openGitHub(github.env, 1).planOf(merge, 'keystead-plan-orders', { workflow });
  const fill = (pulls: readonly FakePull[], artifacts: readonly FakeArtifact[], runs: readonly FakeRun[]) => {
    github.pulls.push(...pulls);
    github.artifacts.push(...artifacts);
    github.runs.push(...runs);
  };

  test('the plan of the merged pull request is downloaded, and the storage does not get the token', async () => {
    fill([pull()], [artifact()], [run()]);
    const { of, headCommit, archive } = await find();
    expect([of, headCommit]).toEqual(['pull request 12', head]);
    expect(
      unzip(archive, () => true)
        .get('plan.tfplan')
        ?.toString(),
    ).toBe('the plan');
    expect(github.storage.asked).toHaveLength(1);
  });

  test('of several runs for the same commit the newest plan counts', async () => {
    fill([pull()], [artifact(), artifact({ id: 6, files: { 'plan.tfplan': 'again' } })], [run()]);
    expect(
      unzip((await find()).archive, () => true)
        .get('plan.tfplan')
        ?.toString(),
    ).toBe('again');
  });

  test('an artifact behind the first page is found', async () => {
    const others = Array.from({ length: 150 }, (_, index) => artifact({ id: 1000 + index, expired: true }));
    fill([pull()], [...others, artifact()], [run()]);
    expect((await find()).of).toBe('pull request 12');
  });

  test.each<[string, FakePull[], FakeArtifact[], FakeRun[], RegExp]>([
    ['a commit without a pull request', [], [artifact()], [run()], /did not come from a pull request/],
    ['a pull request that is only open', [pull({ merged_at: null })], [artifact()], [run()], /did not come from/],
    [
      'a pull request that was merged as another commit',
      [pull({ merge_commit_sha: older, head: { sha: merge, repo: { id: 1 } } })],
      [artifact()],
      [run()],
      /did not come from/,
    ],
    [
      'a pull request of a fork',
      [pull({ head: { sha: head, repo: { id: 2 } } })],
      [artifact()],
      [run()],
      /is of a fork/,
    ],
    ['a fork that was deleted', [pull({ head: { sha: head, repo: null } })], [artifact()], [run()], /is of a fork/],
    [
      'a pull request that changes workflows',
      [pull({ files: ['main.tf', '.github/workflows/keystead.yml'] })],
      [artifact()],
      [run()],
      /changes \.github\/workflows/,
    ],
    [
      'a plan of an earlier commit',
      [pull()],
      [artifact({ workflow_run: { id: 50, head_sha: older, head_repository_id: 1 } })],
      [run()],
      /is not there/,
    ],
    [
      'a plan that a fork made for the same commit',
      [pull()],
      [artifact({ workflow_run: { id: 50, head_sha: head, head_repository_id: 2 } })],
      [run()],
      /is not there/,
    ],
    [
      'a plan that another workflow made',
      [pull()],
      [artifact()],
      [run({ path: '.github/workflows/other.yml' })],
      /is not there/,
    ],
    [
      'a plan of a run that was not for the pull request',
      [pull()],
      [artifact()],
      [run({ event: 'push' })],
      /is not there/,
    ],
    ['a plan of a run that failed', [pull()], [artifact()], [run({ conclusion: 'failure' })], /is not there/],
    ['a plan that has expired', [pull()], [artifact({ expired: true })], [run()], /has expired/],
  ])('%s is refused', async (_, pulls, artifacts, runs, message) => {
    fill(pulls, artifacts, runs);
    await expect(find()).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringContaining('by hand'),
    });
    expect(github.storage.asked).toEqual([]);
  });

  test('without the permission the error names it', async () => {
    fill([pull()], [artifact()], [run()]);
    github.permissions.actions = 'none';
    await expect(find()).rejects.toMatchObject({ hint: expect.stringContaining('permissions: actions: read') });
  });
});

describe('GitLab', () => {
  let gitlab: FakeGitLab;
  beforeEach(async () => {
    gitlab = await startGitLab();
  });
  afterEach(() => gitlab?.stop());

  const request = (changes: Partial<FakeMergeRequest> = {}): FakeMergeRequest => ({
    ...{ iid: 12, state: 'merged', sha: head, merge_commit_sha: merge, squash_commit_sha: null, files: ['main.tf'] },
    ...{ source_project_id: 7, target_project_id: 7 },
    ...changes,
  });
  const job = { id: 5, name: 'orders-plan', request: 12, pipeline: 3, source: 'merge_request_event', commit: head };
  const files = { 'plan/plan.tfplan': 'the plan' };
  const find = (env = gitlab.env) => openGitLab(env, 1).planOf(merge, 'orders-plan', {});
  const withJobToken = () => ({
    ...gitlab.env,
    KEYSTEAD_GITLAB_TOKEN: '',
    CI_COMMIT_SHA: merge,
    CI_COMMIT_MESSAGE: "Merge branch 'x' into 'main'\n\nOrders\n\nSee merge request team/keys!12",
  });

  test('a project access token finds the merge request and the job', async () => {
    gitlab.requests.push(request());
    gitlab.jobs.push({ ...job, files });
    const { of, archive } = await find();
    expect(of).toBe('merge request 12');
    expect(
      unzip(archive, () => true)
        .get('plan.tfplan')
        ?.toString(),
    ).toBe('the plan');
  });

  test('a squashed and a fast-forwarded commit are found too', async () => {
    gitlab.jobs.push({ ...job, files });
    gitlab.requests.push(request({ merge_commit_sha: null, squash_commit_sha: merge }));
    expect((await find()).of).toBe('merge request 12');
    gitlab.requests.splice(0, 1, request({ merge_commit_sha: null, sha: merge }));
    expect((await find()).of).toBe('merge request 12');
  });

  test("the job's own token downloads what the message of the merge commit names", async () => {
    gitlab.jobs.push({ ...job, files });
    expect((await find(withJobToken())).of).toBe('merge request 12');
    expect(gitlab.asked.every(({ headers }) => headers['job-token'] === 'glcbt-test')).toBe(true);
  });

  test.each<[string, () => Record<string, string>, FakeMergeRequest[], RegExp]>([
    ['a merge request of a fork', () => gitlab.env, [request({ source_project_id: 8 })], /did not come from/],
    [
      'a merge request that changes the pipeline',
      () => gitlab.env,
      [request({ files: ['.gitlab-ci.yml'] })],
      /changes \.gitlab-ci\.yml/,
    ],
    ['a commit without a merge request', () => gitlab.env, [], /did not come from/],
    [
      'a message that names none',
      () => ({ ...withJobToken(), CI_COMMIT_MESSAGE: 'See merge request' }),
      [],
      /does not name/,
    ],
    ['a message of another commit', () => ({ ...withJobToken(), CI_COMMIT_SHA: head }), [], /does not name/],
    ['a job without artifacts', withJobToken, [], /has no artifacts/],
  ])('%s is refused', async (_, env, requests, message) => {
    gitlab.requests.push(...requests);
    await expect(find(env())).rejects.toThrow(message);
  });
});

describe('a zip', () => {
  test('gives only the files that are asked for, without their folders', () => {
    const zip = zipOf({ 'plan/plan.tfplan': 'a', '../../evil.sh': 'b', 'x/': '' });
    expect([...unzip(zip, (name) => name.startsWith('plan.')).keys()]).toEqual(['plan.tfplan']);
  });

  test('with two files of one name, a wrong checksum, or an end that is missing is refused', () => {
    expect(() => unzip(zipOf({ 'a/plan.json': '1', 'b/plan.json': '2' }), () => true)).toThrow('two files plan.json');
    const zip = zipOf({ 'plan.json': 'text' });
    const damaged = (at: number): Buffer => {
      const copy = Buffer.from(zip);
      copy[at] = (copy[at] ?? 0) ^ 0xff;
      return copy;
    };
    // A byte of the content, and the place of the directory.
    for (const at of [40, zip.length - 6]) expect(() => unzip(damaged(at), () => true)).toThrow('not a zip');
    expect(() => unzip(Buffer.from('<html>'), () => true)).toThrow('not a zip');
    expect(() => unzip(zip.subarray(0, 60), () => true)).toThrow('not a zip');
  });
});
