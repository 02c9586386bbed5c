/** One comment for each name: against a fake of GitHub and one of GitLab, which refuse what these refuse. */
import { postComment } from '@keystead/control-plane/cli/ci/forges/comment.ts';
import type { Forge } from '@keystead/control-plane/cli/ci/forges/forge.ts';
import { openGitHub } from '@keystead/control-plane/cli/ci/forges/github.ts';
import { openGitLab } from '@keystead/control-plane/cli/ci/forges/gitlab.ts';
import { bot, type FakeGitHub, startGitHub } from '../../../support/forges/github.ts';
import { botUser, type FakeGitLab, startGitLab } from '../../../support/forges/gitlab.ts';

let github: FakeGitHub;
let gitlab: FakeGitLab;

beforeEach(async () => {
  [github, gitlab] = await Promise.all([startGitHub(), startGitLab()]);
});
afterEach(async () => {
  await Promise.all([github?.stop(), gitlab?.stop()]);
});

interface Case {
  readonly open: (run?: number) => Forge;
  readonly bodies: () => readonly string[];
  readonly write: (login: string, body: string) => void;
  readonly self: string;
}
const cases: readonly (readonly [string, Case])[] = [
  [
    'GitHub',
    {
      open: (run = 10) => openGitHub({ ...github.env, GITHUB_RUN_ID: String(run) }, 1),
      bodies: () => github.comments.map(({ body }) => body),
      write: (login, body) =>
        github.comments.push({ id: github.comments.length + 1, body, user: { login }, issue: 12 }),
      self: bot,
    },
  ],
  [
    'GitLab',
    {
      open: (run = 10) => openGitLab({ ...gitlab.env, CI_JOB_ID: String(run) }, 1),
      bodies: () => gitlab.notes.map(({ body }) => body),
      write: (username, body) =>
        gitlab.notes.push({ id: gitlab.notes.length + 1, body, author: { username }, system: false, request: 12 }),
      self: botUser,
    },
  ],
];

describe.each(cases)('on %s', (name, { open, bodies, write, self }) => {
  test('the first run creates the comment, and the next one changes it', async () => {
    expect(await postComment(open(), 12, 'plan', 'two to add')).toBe('created');
    expect(await postComment(open(11), 12, 'plan', 'three to add')).toBe('updated');
    expect(bodies()).toEqual([expect.stringMatching(/^<!-- keystead:plan run=\d+ -->\nthree to add$/)]);
  });

  test('the same text of the same run is not written again', async () => {
    await postComment(open(), 12, 'plan', 'text');
    expect(await postComment(open(), 12, 'plan', 'text')).toBe('unchanged');
  });

  test('it is found behind pages of other comments', async () => {
    for (let other = 0; other < 230; other += 1) write('alice', `comment ${other}`);
    write(self, '<!-- keystead:plan run=1 -->\nold');
    expect(await postComment(open(), 12, 'plan', 'new')).toBe('updated');
    expect(bodies()).toHaveLength(231);
  });

  test('two names have a comment each', async () => {
    await postComment(open(), 12, 'orders', 'a');
    await postComment(open(), 12, 'billing', 'b');
    expect(bodies()).toHaveLength(2);
  });

  test("somebody else's comment with the same first line stays as it is", async () => {
    const forged = '<!-- keystead:plan run=99999999 -->\nNothing changes.';
    write('mallory', forged);
    expect(await postComment(open(), 12, 'plan', 'everything changes')).toBe('created');
    expect(bodies()).toEqual([forged, expect.stringContaining('everything changes')]);
  });

  test('a text that only quotes the first line is not taken for the comment', async () => {
    write(self, 'Quoted:\n<!-- keystead:plan run=1 -->\nold');
    expect(await postComment(open(), 12, 'plan', 'new')).toBe('created');
  });

  test('two runs at once leave one comment, with the text of the later', async () => {
    const fake = name === 'GitHub' ? github : gitlab;
    fake.together('POST', /(comments|notes)$/, 2);
    await Promise.all([postComment(open(10), 12, 'plan', 'earlier'), postComment(open(11), 12, 'plan', 'later')]);
    expect(bodies()).toEqual([expect.stringContaining('later')]);
  });

  test('an earlier run that comes late leaves the comment of the later one', async () => {
    await postComment(open(11), 12, 'plan', 'later');
    expect(await postComment(open(10), 12, 'plan', 'earlier')).toBe('kept that of a later run');
    expect(bodies()).toEqual([expect.stringContaining('later')]);
  });

  test('doubles that were there are removed', async () => {
    write(self, '<!-- keystead:plan run=1 -->\na');
    write(self, '<!-- keystead:plan run=2 -->\nb');
    await postComment(open(), 12, 'plan', 'new');
    expect(bodies()).toEqual([expect.stringContaining('new')]);
  });

  test('a failure that passes, and a limit of requests, are waited for', async () => {
    const fake = name === 'GitHub' ? github : gitlab;
    fake.fail({ status: 502 }, { status: 429, headers: { 'retry-after': '0' } });
    expect(await postComment(open(), 12, 'plan', 'text')).toBe('created');
    expect(bodies()).toHaveLength(1);
  });
});

test('a text that is too long for a comment is cut between lines, with open parts closed', async () => {
  const long = [
    '<details>',
    '',
    '```',
    ...Array.from({ length: 9000 }, (_, line) => `line ${line}`),
    '```',
    '</details>',
  ];
  expect(await postComment(openGitHub(github.env, 1), 12, 'plan', long.join('\n'))).toBe('created');
  const body = github.comments[0]?.body ?? '';
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body).toMatch(/line \d+\n```\n<\/details>\n\n… the rest is in the log of the job\.$/);
});

test('GitHub without the permission says which one the job needs', async () => {
  github.permissions['pull-requests'] = 'read';
  await expect(postComment(openGitHub(github.env, 1), 12, 'plan', 'text')).rejects.toMatchObject({
    message: 'GitHub answered 403 to POST /repos/team/keys/issues/12/comments: Resource not accessible by integration.',
    hint: expect.stringContaining('permissions: pull-requests: write'),
  });
  // Without a limit of requests, 403 is final.
  expect(github.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('comments'))).toHaveLength(1);
});

test("GitHub's limit of requests is told from a missing permission", async () => {
  const reset = String(Math.floor(Date.now() / 1000));
  github.fail({ status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } });
  expect(await postComment(openGitHub(github.env, 1), 12, 'plan', 'text')).toBe('created');
});

test('a limit that lasts longer than two minutes is not waited for', async () => {
  github.fail({ status: 429, headers: { 'retry-after': '3600' } });
  await expect(postComment(openGitHub(github.env, 1), 12, 'plan', 'text')).rejects.toMatchObject({
    message: expect.stringContaining('429'),
    hint: expect.stringContaining('later'),
  });
});

test('a wrong token, and an address where nothing answers, are told in words', async () => {
  await expect(postComment(openGitHub({ ...github.env, GITHUB_TOKEN: 'x' }, 1), 12, 'plan', '')).rejects.toMatchObject({
    message: expect.stringContaining('401'),
    hint: 'The token is missing, wrong or expired.',
  });
  const nowhere = {
    ...github.env,
    GITHUB_API_URL: 'http://127.0.0.1:9',
    GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql',
  };
  await expect(openGitHub(nowhere, 1).comments(12)).rejects.toThrow('GitHub cannot be reached at http://127.0.0.1:9');
});

test("GitLab's token of a job is not enough, and the error says what is", async () => {
  const { KEYSTEAD_GITLAB_TOKEN: _, ...env } = gitlab.env;
  await expect(postComment(openGitLab(env, 1), 12, 'plan', 'text')).rejects.toMatchObject({
    message: expect.stringContaining('KEYSTEAD_GITLAB_TOKEN is not set'),
  });
});

test('GitLab does not take a line of the text for an order', async () => {
  await postComment(openGitLab(gitlab.env, 1), 12, 'plan', 'a key called\n/approve\n  /merge\nand a/b');
  expect(gitlab.notes[0]?.body).not.toMatch(/^\s*\/[a-z]/m);
  expect(await postComment(openGitLab(gitlab.env, 1), 12, 'plan', 'a key called\n/approve\n  /merge\nand a/b')).toBe(
    'unchanged',
  );
});
