/**
 * The saved plan of the merge request that a commit on the main branch came from. With a project access token GitLab
 * says which merge request that was and which job made the plan. The job's own token can only download: then the merge
 * request is the one that the merge commit's message names, and only its commit, which is in the plan, tells whether it
 * is the right one.
 * Source: GitLab, "List merge requests associated with a commit", "Job artifacts API", "Get a single job".
 */
import { CommandError } from '../../shared/report.ts';
import { type Api, ForgeRefusal } from './api.ts';
import type { Environment } from './environment.ts';
import type { FoundPlan } from './forge.ts';

interface Place {
  /** `/projects/7` */
  readonly at: string;
  readonly env: Environment;
  readonly withToken: boolean;
}
interface MergeRequest {
  readonly iid: number;
  readonly state: string;
  readonly sha: string;
  readonly merge_commit_sha: string | null;
  readonly squash_commit_sha: string | null;
  readonly source_project_id: number;
  readonly target_project_id: number;
}
interface Job {
  readonly id: number;
  readonly name: string;
  readonly artifacts_file?: unknown;
  readonly commit: { readonly id: string };
}
interface Pipeline {
  readonly id: number;
  readonly sha: string;
  readonly source: string;
  readonly project_id: number;
}

const planAnew =
  'Plan again on the main branch: start its pipeline by hand, which waits for approval before it applies.';

/** @param job the name of the job that makes the plan */
export async function planOfMerge(api: Api, place: Place, commit: string, job: string): Promise<FoundPlan> {
  return place.withToken ? withToken(api, place.at, commit, job) : byMessage(api, place, commit, job);
}

async function withToken(api: Api, at: string, commit: string, name: string): Promise<FoundPlan> {
  const merged = await mergedInto(api, at, commit);
  await requireSamePipelines(api, at, merged.iid);
  const pipelines = await api.list<Pipeline>(`${at}/merge_requests/${merged.iid}/pipelines?per_page=100`);
  const own = pipelines
    .filter(({ source, project_id: project }) => source === 'merge_request_event' && at.endsWith(`/${project}`))
    .toSorted((a, b) => b.id - a.id);
  for (const { id } of own) {
    const jobs = await api.list<Job>(`${at}/pipelines/${id}/jobs?scope[]=success&per_page=100`);
    const found = jobs.find((one) => one.name === name && one.artifacts_file !== undefined);
    if (found === undefined) continue;
    const archive = await download(api, `${at}/jobs/${found.id}/artifacts`);
    if (archive) return { of: `merge request ${merged.iid}`, headCommit: merged.sha, archive };
  }
  throw missing(merged.iid, name);
}

/** As a merge commit, squashed, or fast-forward, where the commit is the merge request's own. */
async function mergedInto(api: Api, at: string, commit: string): Promise<MergeRequest> {
  const all = await api.list<MergeRequest>(`${at}/repository/commits/${commit}/merge_requests?per_page=100`);
  const [merged, ...more] = all.filter(
    (one) =>
      one.state === 'merged' &&
      one.source_project_id === one.target_project_id &&
      [one.merge_commit_sha, one.squash_commit_sha, one.sha].includes(commit),
  );
  if (merged && more.length === 0) return merged;
  throw new CommandError(
    merged
      ? `Commit ${commit} is the merge of several merge requests.`
      : `Commit ${commit} did not come from a merge request of this project.`,
    planAnew,
  );
}

/** Otherwise the code that made the plan is not the code that the reviewers of the plan know. */
async function requireSamePipelines(api: Api, at: string, number: number): Promise<void> {
  const files = await api.list<{ readonly new_path: string; readonly old_path: string }>(
    `${at}/merge_requests/${number}/diffs?per_page=100`,
  );
  const changed = files
    .flatMap(({ new_path: now, old_path: before }) => [now, before])
    .find((path) => path === '.gitlab-ci.yml' || path.startsWith('.gitlab/'));
  if (changed === undefined) return;
  throw new CommandError(
    `Merge request ${number} changes ${changed}: a plan that a changed pipeline made is not applied.`,
    planAnew,
  );
}

async function byMessage(api: Api, { at, env }: Place, commit: string, job: string): Promise<FoundPlan> {
  const number = /^See merge request \S*!([1-9]\d{0,9})$/m.exec(env.CI_COMMIT_MESSAGE ?? '')?.[1];
  if (number === undefined || env.CI_COMMIT_SHA !== commit) {
    throw new CommandError(
      `The message of commit ${commit} does not name its merge request.`,
      'GitLab writes "See merge request …!12" into merge commits; otherwise put a project access token (scope ' +
        '"read_api") into the masked variable KEYSTEAD_GITLAB_TOKEN.',
    );
  }
  const query = new URLSearchParams({ job });
  // In a project with merged results pipelines the ref is the second.
  for (const kind of ['head', 'merge']) {
    const ref = encodeURIComponent(`refs/merge-requests/${number}/${kind}`);
    const archive = await download(api, `${at}/jobs/artifacts/${ref}/download?${query}`);
    if (archive) return { of: `merge request ${number}`, headCommit: '', archive };
  }
  throw missing(Number(number), job);
}

/** @returns undefined: there are none, or they have expired */
async function download(api: Api, path: string): Promise<Buffer | undefined> {
  return api.download(path).catch((error: unknown) => {
    if (error instanceof ForgeRefusal && error.status === 404) return undefined;
    throw error;
  });
}

const missing = (number: number, job: string) =>
  new CommandError(
    `Merge request ${number} has no artifacts of a successful job "${job}": they expired, or the job did not run.`,
    planAnew,
  );
