/** The commands of a pipeline that talk to a forge, as a job calls them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeGitHub, startGitHub } from '../../support/forges/github.ts';
import { type HttpFake, startFake } from '../../support/forges/http-fake.ts';
import { command, runKeystead } from '../../support/server.ts';
import { aFinding } from '../drift/a-finding.ts';

let github: FakeGitHub;
let directory: string;
let tokens: HttpFake;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-ci-'));
  github = await startGitHub();
  const mint = ({ query }: { query: URLSearchParams }) => ({ body: { value: `h.${query.get('audience')?.length}.s` } });
  tokens = await startFake([['GET', /^\/mint$/, mint]], ({ headers }) =>
    headers.authorization === 'Bearer request' ? undefined : { status: 401, body: {} },
  );
});
afterAll(async () => {
  await Promise.all([github?.stop(), tokens?.stop(), rm(directory, { recursive: true, force: true })]);
});

const ci = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runKeystead(['ci', ...args], { ...github.env, ...env });
const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(directory, name), text);
  return join(directory, name);
};
const report = (changes: object = {}) =>
  JSON.stringify({
    formatVersion: '1.0',
    resources: 1,
    findings: [],
    baselines: [],
    notes: [],
    ignored: 0,
    ...changes,
  });

describe('keystead ci comment', () => {
  test('takes the pull request from the event of the job', async () => {
    const text = await file('comment.md', '**1 to add**');
    const event = await file('event.json', JSON.stringify({ pull_request: { number: 12 } }));
    const result = await ci(['comment', '--provider', 'github', '--file', text, '--id', 'orders'], {
      GITHUB_EVENT_PATH: event,
    });
    expect(result).toMatchObject({ code: 0, stdout: 'Comment "orders" on 12: created.\n' });
    expect(github.comments).toMatchObject([{ issue: 12, body: expect.stringContaining('**1 to add**') }]);
  });

  test('is refused in a job that is not of a pull request, with a name that could end a comment, and without its file', async () => {
    const text = await file('comment.md', 'text');
    const event = await file('push.json', JSON.stringify({ ref: 'refs/heads/main' }));
    const comment = ['comment', '--provider', 'github', '--file'];
    expect(await ci([...comment, text], { GITHUB_EVENT_PATH: event })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not belong to a pull request'),
    });
    for (const id of ['a -->', 'a--b', '']) {
      expect(await ci([...comment, text, '--number', '1', '--id', id])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('--id'),
      });
    }
    expect(await ci([...comment, join(directory, 'none.md'), '--number', '1'])).toMatchObject({ code: 1 });
    expect(await ci(['comment', '--provider', 'gitea', '--file', text])).toMatchObject({ code: 1 });
  });
});

describe('keystead ci issue and annotate', () => {
  test('read the JSON report of drift', async () => {
    const found = await file('drift.json', report({ findings: [aFinding()] }));
    expect(await ci(['issue', '--provider', 'github', '--report', found])).toMatchObject({ code: 0 });
    expect(await ci(['annotate', '--provider', 'github', '--report', found])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^::notice title=Drift%3A cosmetic::.*\n$/),
    });
    const out = join(directory, 'quality.json');
    expect(await ci(['annotate', '--provider', 'gitlab', '--report', found, '--out', out])).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(out, 'utf8'))).toHaveLength(1);
  });

  test.each([
    ['cut off', '{"formatVersion": "1.0", "findings": ['],
    ['empty', ''],
    ['of another form', JSON.stringify({ findings: [] })],
    ['of a later form', report({ formatVersion: '2.0' })],
  ])('do not take a report that is %s for a clean one', async (_, text) => {
    const found = await file('broken.json', text);
    const open = github.issues.filter(({ state }) => state === 'open').length;
    const result = await ci(['issue', '--provider', 'github', '--report', found]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('is not a report of drift') });
    expect(github.issues.filter(({ state }) => state === 'open')).toHaveLength(open);
  });
});

describe('keystead ci fetch', () => {
  test('writes the files of the plan, which only their owner can read', async () => {
    const [head, merge] = ['a'.repeat(40), 'b'.repeat(40)];
    const repo = { id: 1 };
    const merged = { number: 12, merged_at: '2026-11-30T00:00:00Z', merge_commit_sha: merge, files: ['main.tf'] };
    github.pulls.push({ ...merged, head: { sha: head, repo }, base: { repo } });
    github.artifacts.push({
      ...{ id: 5, name: `keystead-plan-orders-${head}`, expired: false },
      files: { 'plan.tfplan': 'p', 'plan.meta.json': '{}', 'comment.md': 'c', 'run.sh': 'exit 1' },
      workflow_run: { id: 50, head_sha: head, head_repository_id: 1 },
    });
    github.runs.push({
      id: 50,
      event: 'pull_request',
      path: 'w.yml@refs/heads/x',
      head_sha: head,
      conclusion: 'success',
    });
    const out = join(directory, 'plan');
    const fetch = ['fetch', '--provider', 'github', '--artifact', 'keystead-plan-orders', '--out', out];
    const result = await ci([...fetch, '--workflow', 'w.yml'], { GITHUB_SHA: merge });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('pull request 12') });
    expect(await readFile(join(out, 'plan.tfplan'), 'utf8')).toBe('p');
    expect((await stat(join(out, 'plan.tfplan'))).mode & 0o777).toBe(0o600);
    await expect(stat(join(out, 'run.sh'))).rejects.toThrow('ENOENT');
    expect(await ci([...fetch, '--workflow', 'other.yml'], { GITHUB_SHA: merge })).toMatchObject({ code: 1 });
    expect(await ci([...fetch, '--commit', 'main'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--commit'),
    });
  });
});

describe('keystead ci token', () => {
  const request = () => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${tokens.address}/mint?x=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request',
  });

  test('writes what GitHub mints for the audience, over an earlier one, into a file of its owner', async () => {
    const out = await file('token', 'old');
    expect(await ci(['token', '--provider', 'github', '--audience', 'abcd', '--out', out], request())).toEqual({
      ...{ code: 0, stdout: '', stderr: '' },
    });
    expect(await readFile(out, 'utf8')).toBe('h.4.s');
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  });

  test('goes on to replace it, also after a request that failed, until a signal ends it', async () => {
    const out = await file('renewed', 'h.first.s');
    tokens.fail({ status: 403, body: {} });
    const args = ['ci', 'token', '--provider', 'github', '--audience', 'abcdef', '--every', '1', '--out', out];
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...request() },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'close');
    const complaints = text(child.stderr);
    const asked = tokens.asked.length;
    while ((await readFile(out, 'utf8')) !== 'h.6.s') await sleep(20);
    child.kill('SIGTERM');
    await ended;
    expect(tokens.asked.length - asked).toBeGreaterThanOrEqual(2);
    expect(await complaints).toMatch(/^keystead: /m);
    expect(await complaints).not.toContain('h.6.s');
  });

  test('takes the one of GitLab from its variable', async () => {
    const out = join(directory, 'gitlab-token');
    const args = ['token', '--provider', 'gitlab', '--out', out];
    expect(await ci(args, { KEYSTEAD_ID_TOKEN: 'a.b.c' })).toMatchObject({ code: 0 });
    expect(await readFile(out, 'utf8')).toBe('a.b.c');
    expect(await ci(args, { KEYSTEAD_ID_TOKEN: 'not a token' })).toMatchObject({ code: 1 });
  });

  test('says what a job lacks that gets none, and never prints one', async () => {
    const args = ['token', '--provider', 'github', '--out', join(directory, 'none')];
    expect(await ci(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/id-token: write[\s\S]*fork/) });
    const wrong = await ci(args, { ...request(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret-of-another' });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('401') });
    expect(wrong.stderr).not.toContain('secret-of-another');
  });
});
