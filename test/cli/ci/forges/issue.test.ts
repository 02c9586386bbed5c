/** The issue of drift: opened with the findings, kept up to date, closed when there are none. */
import { openGitHub } from '@keystead/control-plane/cli/ci/forges/github.ts';
import { openGitLab } from '@keystead/control-plane/cli/ci/forges/gitlab.ts';
import { reportIssue } from '@keystead/control-plane/cli/ci/forges/issue.ts';
import type { Comparison, Finding } from '@keystead/control-plane/cli/drift/findings/finding.ts';
import { bot, type FakeGitHub, startGitHub } from '../../../support/forges/github.ts';
import { startGitLab } from '../../../support/forges/gitlab.ts';
import { aFinding } from '../../drift/a-finding.ts';

let github: FakeGitHub;
const report = (findings: readonly Finding[]): Comparison => ({
  ...{ resources: 9, findings, baselines: [], notes: [], ignored: 0, ofOtherProviders: 0 },
});
const run = (findings: readonly Finding[], id = 10) =>
  reportIssue(
    openGitHub({ ...github.env, GITHUB_RUN_ID: String(id) }, 1),
    'orders',
    'Drift of orders',
    report(findings),
  );
const [tag, policy] = [aFinding({ id: 'f1' }), aFinding({ id: 'f2', severity: 'access gained', attribute: 'policy' })];

beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github?.stop());

test('drift opens an issue with a label for each severity', async () => {
  expect(await run([policy, tag])).toMatch(/^Issue \d+ opened: https:/);
  expect(github.issues).toMatchObject([
    {
      title: 'Drift of orders: 2 differences',
      state: 'open',
      labels: [{ name: 'keystead-drift' }, { name: 'drift: access gained' }, { name: 'drift: cosmetic' }],
      body: expect.stringContaining('aws&#95;kms&#95;key.orders'),
    },
  ]);
});

test('the same drift the next night changes nothing', async () => {
  await run([tag]);
  const before = github.asked.length;
  expect(await run([tag], 11)).toMatch(/is up to date\.$/);
  expect(github.asked.slice(before).map(({ method }) => method)).not.toContain('PATCH');
});

test('other drift changes the issue, and a comment tells what is new', async () => {
  await run([tag]);
  expect(await run([policy, tag], 11)).toMatch(/updated: 1 new difference\.$/);
  expect(github.issues).toHaveLength(1);
  expect(github.issues[0]?.title).toBe('Drift of orders: 2 differences');
  expect(github.comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(/^1 new difference:\n\n- access gained: /),
  ]);
});

test('labels that people added stay', async () => {
  await run([policy]);
  github.issues[0]?.labels.push({ name: 'team-orders' });
  await run([tag], 11);
  expect(github.issues[0]?.labels.map(({ name }) => name)).toEqual([
    'keystead-drift',
    'drift: cosmetic',
    'team-orders',
  ]);
});

test('no drift any more closes it, and drift after that opens a new one', async () => {
  await run([tag]);
  expect(await run([], 11)).toMatch(/closed: no drift\.$/);
  expect(github.issues).toMatchObject([{ state: 'closed', state_reason: 'completed' }]);
  expect(await run([], 12)).toBe('No drift, and no issue of it is open.');
  await run([tag], 13);
  expect(github.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
});

test('two runs at once leave one open issue', async () => {
  github.together('POST', /\/issues$/, 2);
  await Promise.all([run([tag], 10), run([tag], 11)]);
  expect(github.issues.map(({ state, state_reason: why }) => [state, why])).toEqual([
    ['open', undefined],
    ['closed', 'not_planned'],
  ]);
});

test('an issue that somebody else wrote with the same first line is not taken for it, and a pull request neither', async () => {
  await run([tag]);
  const [own] = github.issues;
  if (!own) throw new Error('there is no issue');
  github.issues.splice(0, 1, { ...own, user: { login: 'mallory' } }, { ...own, number: 7, pull_request: {} });
  expect(await run([], 11)).toBe('No drift, and no issue of it is open.');
  expect(github.issues.every(({ state }) => state === 'open')).toBe(true);
  expect(own.user.login).toBe(bot);
});

test('without the permission the error names it', async () => {
  github.permissions.issues = 'none';
  await expect(run([tag])).rejects.toMatchObject({ hint: expect.stringContaining('permissions: issues: ') });
});

test('on GitLab it is opened, changed and closed too', async () => {
  const gitlab = await startGitLab();
  const at = (findings: readonly Finding[], id: number) =>
    reportIssue(openGitLab({ ...gitlab.env, CI_JOB_ID: String(id) }, 1), 'orders', 'Drift', report(findings));
  await at([tag], 1);
  await at([policy, tag], 2);
  expect(gitlab.issues).toMatchObject([
    { title: 'Drift: 2 differences', labels: ['keystead-drift', 'drift: access gained', 'drift: cosmetic'] },
  ]);
  await at([], 3);
  expect(gitlab.issues).toMatchObject([
    { state: 'closed', notes: [/^1 new/, /^No drift/].map((text) => expect.stringMatching(text)) },
  ]);
  await gitlab.stop();
});
