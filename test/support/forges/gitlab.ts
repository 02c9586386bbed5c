/** A fake of GitLab's API: notes, issues, merge requests, artifacts. The token of a job gets what GitLab gives it. */
import { type Answer, type Asked, type HttpFake, page, type Route, startFake } from './http-fake.ts';
import { zipOf } from './zip.ts';

export interface FakeNote {
  id: number;
  body: string;
  author: { username: string };
  system: boolean;
  request: number;
}
export interface FakeGitLabIssue {
  iid: number;
  title: string;
  description: string;
  labels: string[];
  state: 'opened' | 'closed';
  author: { username: string };
  web_url: string;
  notes: string[];
}
export interface FakeMergeRequest {
  readonly iid: number;
  readonly state: string;
  readonly sha: string;
  readonly merge_commit_sha: string | null;
  readonly squash_commit_sha: string | null;
  readonly source_project_id: number;
  readonly target_project_id: number;
  readonly files: readonly string[];
}
export interface FakeJob {
  readonly id: number;
  readonly name: string;
  readonly request: number;
  readonly pipeline: number;
  readonly source: string;
  readonly commit: string;
  readonly files: Readonly<Record<string, string | Buffer>>;
}

export interface FakeGitLab extends HttpFake {
  readonly notes: FakeNote[];
  readonly issues: FakeGitLabIssue[];
  readonly requests: FakeMergeRequest[];
  readonly jobs: FakeJob[];
  /** What GitLab CI sets, and the project access token. */
  readonly env: Readonly<Record<string, string>>;
}

export const projectToken = 'glpat-test';
export const jobToken = 'glcbt-test';
export const botUser = 'project_7_bot_1';
const project = '/api/v4/projects/7';

export async function startGitLab(): Promise<FakeGitLab> {
  const [notes, issues, requests, jobs]: [FakeNote[], FakeGitLabIssue[], FakeMergeRequest[], FakeJob[]] = [
    [],
    [],
    [],
    [],
  ];
  let last = 100;
  const next = () => ++last;
  const notFound: Answer = { status: 404, body: { message: '404 Not found' } };
  const author = { username: botUser };
  const archive = (job: FakeJob | undefined): Answer => (job ? { body: zipOf(job.files) } : notFound);
  const noteOf = (id: string | undefined) => notes.find((one) => one.id === Number(id));
  const routes: Route[] = [
    ['GET', /^\/api\/v4\/user$/, () => ({ body: author })],
    [
      'GET',
      new RegExp(`^${project}/merge_requests/(\\d+)/notes$`),
      (asked, number) =>
        page(
          asked,
          fake.address,
          notes.filter(({ request }) => request === Number(number)),
        ),
    ],
    [
      'POST',
      new RegExp(`^${project}/merge_requests/(\\d+)/notes$`),
      ({ body }, number) => {
        const note = { id: next(), body: String(body.body), author, system: false, request: Number(number) };
        notes.push(note);
        return { status: 201, body: note };
      },
    ],
    [
      'PUT',
      new RegExp(`^${project}/merge_requests/\\d+/notes/(\\d+)$`),
      ({ body }, id) => {
        const found = noteOf(id);
        if (!found) return notFound;
        found.body = String(body.body);
        return { body: found };
      },
    ],
    [
      'DELETE',
      new RegExp(`^${project}/merge_requests/\\d+/notes/(\\d+)$`),
      (_, id) => {
        const found = noteOf(id);
        if (!found) return notFound;
        notes.splice(notes.indexOf(found), 1);
        return { status: 204 };
      },
    ],
    [
      'GET',
      new RegExp(`^${project}/issues$`),
      (asked) => {
        const label = asked.query.get('labels') ?? '';
        return page(
          asked,
          fake.address,
          issues.filter((one) => one.state === 'opened' && one.labels.includes(label)),
        );
      },
    ],
    [
      'POST',
      new RegExp(`^${project}/issues$`),
      ({ body }) => {
        const iid = next();
        const [title, description] = [String(body.title), String(body.description)];
        const labels = String(body.labels).split(',');
        const more = { state: 'opened', author, web_url: `https://forge.example/issues/${iid}`, notes: [] } as const;
        const issue: FakeGitLabIssue = { iid, title, description, labels, ...more, notes: [] };
        issues.push(issue);
        return { status: 201, body: issue };
      },
    ],
    [
      'PUT',
      new RegExp(`^${project}/issues/(\\d+)$`),
      ({ body }, iid) => {
        const found = issues.find((one) => one.iid === Number(iid));
        if (!found) return notFound;
        if (body.state_event === 'close') found.state = 'closed';
        if (body.title) found.title = String(body.title);
        if (body.description) found.description = String(body.description);
        if (body.labels) found.labels = String(body.labels).split(',');
        return { body: found };
      },
    ],
    [
      'POST',
      new RegExp(`^${project}/issues/(\\d+)/notes$`),
      ({ body }, iid) => {
        issues.find((one) => one.iid === Number(iid))?.notes.push(String(body.body));
        return { status: 201, body: {} };
      },
    ],
    [
      'GET',
      new RegExp(`^${project}/repository/commits/(\\w+)/merge_requests$`),
      (asked, sha) => {
        const found = requests.filter((one) =>
          [one.sha, one.merge_commit_sha, one.squash_commit_sha].includes(sha ?? ''),
        );
        return page(asked, fake.address, found);
      },
    ],
    [
      'GET',
      new RegExp(`^${project}/merge_requests/(\\d+)/diffs$`),
      (asked, iid) => {
        const files = requests.find((one) => one.iid === Number(iid))?.files ?? [];
        return page(
          asked,
          fake.address,
          files.map((path) => ({ old_path: path, new_path: path })),
        );
      },
    ],
    [
      'GET',
      new RegExp(`^${project}/merge_requests/(\\d+)/pipelines$`),
      (asked, iid) => {
        const of = jobs.filter(({ request }) => request === Number(iid));
        const pipelines = of.map(({ pipeline: id, source, commit: sha }) => ({ id, source, sha, project_id: 7 }));
        return page(asked, fake.address, pipelines);
      },
    ],
    [
      'GET',
      new RegExp(`^${project}/pipelines/(\\d+)/jobs$`),
      (asked, id) => {
        const of = jobs.filter(({ pipeline }) => pipeline === Number(id));
        const shown = of.map((job) => ({ id: job.id, name: job.name, artifacts_file: {}, commit: { id: job.commit } }));
        return page(asked, fake.address, shown);
      },
    ],
    [
      'GET',
      new RegExp(`^${project}/jobs/(\\d+)/artifacts$`),
      (_, id) => archive(jobs.find((one) => one.id === Number(id))),
    ],
    [
      'GET',
      new RegExp(`^${project}/jobs/artifacts/refs%2Fmerge-requests%2F(\\d+)%2Fhead/download$`),
      ({ query }, iid) =>
        archive(jobs.findLast(({ request, name }) => request === Number(iid) && name === query.get('job'))),
    ],
  ];
  const fake: HttpFake = await startFake(routes, refuse);
  return Object.assign(fake, {
    ...{ notes, issues, requests, jobs },
    env: {
      CI_API_V4_URL: `${fake.address}/api/v4`,
      CI_PROJECT_ID: '7',
      CI_JOB_ID: '10',
      CI_JOB_TOKEN: jobToken,
      KEYSTEAD_GITLAB_TOKEN: projectToken,
    },
  });
}

/** Downloads of artifacts alone are for the token of a job. */
function refuse({ method, path, headers }: Asked): Answer | undefined {
  if (headers['private-token'] === projectToken) return undefined;
  if (headers['job-token'] !== jobToken) return { status: 401, body: { message: '401 Unauthorized' } };
  const isDownload = method === 'GET' && /\/jobs\/(artifacts\/|\d+\/artifacts)/.test(path);
  return isDownload ? undefined : { status: 403, body: { message: '403 Forbidden' } };
}
