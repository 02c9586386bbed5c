/** A fake of GitHub's API: comments, issues, pull requests, artifacts. It refuses what GitHub refuses. */
import { type Answer, type Asked, type HttpFake, page, type Route, startFake } from './http-fake.ts';
import { zipOf } from './zip.ts';

export interface FakeComment {
  id: number;
  body: string;
  user: { login: string };
  issue: number;
}
export interface FakeIssue {
  number: number;
  title: string;
  body: string;
  labels: { name: string }[];
  state: 'open' | 'closed';
  state_reason?: string;
  user: { login: string };
  html_url: string;
  pull_request?: object;
}
export interface FakePull {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly repo: { readonly id: number } };
  readonly files: readonly string[];
}
export interface FakeArtifact {
  readonly id: number;
  readonly name: string;
  readonly expired: boolean;
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly workflow_run: { readonly id: number; readonly head_sha: string; readonly head_repository_id: number };
}
export interface FakeRun {
  readonly id: number;
  readonly event: string;
  readonly path: string;
  readonly head_sha: string;
  readonly conclusion: string | null;
}

export interface FakeGitHub extends HttpFake {
  readonly comments: FakeComment[];
  readonly issues: FakeIssue[];
  readonly pulls: FakePull[];
  readonly artifacts: FakeArtifact[];
  readonly runs: FakeRun[];
  /** `issues`, `pull-requests`, `actions` → what the job's token can do. */
  permissions: Record<string, 'read' | 'write' | 'none'>;
  /** Who is asked for archives: another host, as at GitHub. */
  readonly storage: HttpFake;
  /** What GitHub Actions sets. */
  readonly env: Readonly<Record<string, string>>;
}

export const token = 'ghs_test';
export const bot = 'github-actions[bot]';
const repo = '/repos/team/keys';

export async function startGitHub(): Promise<FakeGitHub> {
  const [comments, issues]: [FakeComment[], FakeIssue[]] = [[], []];
  const [pulls, artifacts, runs]: [FakePull[], FakeArtifact[], FakeRun[]] = [[], [], []];
  let last = 100;
  const next = () => ++last;
  const permissions: FakeGitHub['permissions'] = { issues: 'write', 'pull-requests': 'write', actions: 'read' };
  const storage = await startFake(
    [
      [
        'GET',
        /^\/blob\/(\d+)$/,
        (_, id) => ({ body: zipOf(artifacts.find((one) => one.id === Number(id))?.files ?? {}) }),
      ],
    ],
    // The signed address is refused with any further authorization.
    ({ headers }) => (headers.authorization === undefined ? undefined : { status: 400 }),
  );
  const notFound: Answer = { status: 404, body: { message: 'Not Found' } };
  const routes: Route[] = [
    ['POST', /^\/graphql$/, () => ({ body: { data: { viewer: { login: bot } } } })],
    [
      'GET',
      new RegExp(`^${repo}/issues/(\\d+)/comments$`),
      (asked, number) =>
        page(
          asked,
          fake.address,
          comments.filter(({ issue }) => issue === Number(number)),
        ),
    ],
    [
      'POST',
      new RegExp(`^${repo}/issues/(\\d+)/comments$`),
      ({ body }, number) => {
        if (String(body.body).length > 65_536) return tooLong;
        const created = { id: next(), body: String(body.body), user: { login: bot }, issue: Number(number) };
        comments.push(created);
        return { status: 201, body: created };
      },
    ],
    [
      'PATCH',
      new RegExp(`^${repo}/issues/comments/(\\d+)$`),
      ({ body }, id) => {
        const found = comments.find((one) => one.id === Number(id));
        if (!found) return notFound;
        if (String(body.body).length > 65_536) return tooLong;
        found.body = String(body.body);
        return { body: found };
      },
    ],
    [
      'DELETE',
      new RegExp(`^${repo}/issues/comments/(\\d+)$`),
      (_, id) => {
        const place = comments.findIndex((one) => one.id === Number(id));
        if (place < 0) return notFound;
        comments.splice(place, 1);
        return { status: 204 };
      },
    ],
    [
      'GET',
      new RegExp(`^${repo}/issues$`),
      (asked) => {
        const label = asked.query.get('labels');
        const found = issues.filter(
          ({ state, labels }) => state === 'open' && (label === null || labels.some(({ name }) => name === label)),
        );
        return page(asked, fake.address, found);
      },
    ],
    [
      'POST',
      new RegExp(`^${repo}/issues$`),
      ({ body }) => {
        const number = next();
        const labels = (body.labels as string[]).map((name) => ({ name }));
        const common = { number, user: { login: bot }, html_url: `https://forge.example/issues/${number}` };
        const created: FakeIssue = {
          ...common,
          title: String(body.title),
          body: String(body.body),
          labels,
          state: 'open',
        };
        issues.push(created);
        return { status: 201, body: created };
      },
    ],
    [
      'PATCH',
      new RegExp(`^${repo}/issues/(\\d+)$`),
      ({ body }, number) => {
        const found = issues.find((one) => one.number === Number(number));
        if (!found) return notFound;
        const { labels, ...rest } = body;
        Object.assign(found, rest, labels && { labels: (labels as string[]).map((name) => ({ name })) });
        return { body: found };
      },
    ],
    [
      'GET',
      new RegExp(`^${repo}/commits/(\\w+)/pulls$`),
      (asked, sha) => page(asked, fake.address, pullsOf(sha ?? '')),
    ],
    [
      'GET',
      new RegExp(`^${repo}/pulls/(\\d+)/files$`),
      (asked, number) => {
        const files = pulls.find((one) => one.number === Number(number))?.files ?? [];
        return page(
          asked,
          fake.address,
          files.map((filename) => ({ filename })),
        );
      },
    ],
    [
      'GET',
      new RegExp(`^${repo}/actions/artifacts$`),
      (asked) =>
        page(
          asked,
          fake.address,
          artifacts.filter(({ name }) => name === asked.query.get('name')),
          'artifacts',
        ),
    ],
    [
      'GET',
      new RegExp(`^${repo}/actions/artifacts/(\\d+)/zip$`),
      (_, id) => ({ status: 302, headers: { location: `${storage.address}/blob/${id}` } }),
    ],
    [
      'GET',
      new RegExp(`^${repo}/actions/runs/(\\d+)$`),
      (_, id) => {
        const found = runs.find((one) => one.id === Number(id));
        return found ? { body: found } : notFound;
      },
    ],
  ];
  const pullsOf = (sha: string) =>
    pulls.filter(({ merge_commit_sha: merge, head }) => merge === sha || head.sha === sha);
  const fake: HttpFake = await startFake(routes, (asked) => refuse(asked, permissions, issues));
  const stopApi = fake.stop;
  return Object.assign(fake, {
    ...{ comments, issues, pulls, artifacts, runs, permissions, storage },
    env: {
      GITHUB_API_URL: fake.address,
      GITHUB_GRAPHQL_URL: `${fake.address}/graphql`,
      GITHUB_REPOSITORY: 'team/keys',
      GITHUB_TOKEN: token,
      GITHUB_RUN_ID: '10',
      GITHUB_RUN_ATTEMPT: '1',
    },
    stop: async () => {
      await Promise.all([stopApi(), storage.stop()]);
    },
  });
}

const tooLong: Answer = {
  status: 422,
  body: { message: 'Validation Failed: body is too long (maximum is 65536 characters)' },
};

function refuse(
  { method, path, headers }: Asked,
  permissions: FakeGitHub['permissions'],
  issues: readonly FakeIssue[],
): Answer | undefined {
  if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: 'Bad credentials' } };
  if (path === '/graphql') return undefined;
  const number = Number(/\/issues\/(\d+)/.exec(path)?.[1]);
  const isOfIssue = issues.some((one) => one.number === number) || /\/issues(\/\d+)?$/.test(path);
  const scope = path.includes('/actions/') ? 'actions' : isOfIssue ? 'issues' : 'pull-requests';
  const has = permissions[scope] ?? 'none';
  const enough = method === 'GET' ? has !== 'none' : has === 'write';
  return enough ? undefined : { status: 403, body: { message: 'Resource not accessible by integration' } };
}
