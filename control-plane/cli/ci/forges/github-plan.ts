/**
 * The saved plan of the pull request that a commit on the main branch came from. What a pull request's own code could
 * forge is not trusted: the artifact must be of a run for the head commit, of this repository and not of a fork, of the
 * workflow that plans, and the pull request must not have changed workflows or actions.
 * Source: GitHub, "List pull requests associated with a commit", "List artifacts for a repository".
 */
import { CommandError } from '../../shared/report.ts';
import type { Api } from './api.ts';
import type { FoundPlan, PlanTrust } from './forge.ts';

interface PullRequest {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly repo: { readonly id: number } };
}
interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly expired: boolean;
  readonly workflow_run: { readonly id: number; readonly head_sha: string; readonly head_repository_id: number } | null;
}
interface Run {
  readonly event: string;
  readonly path: string;
  readonly head_sha: string;
  readonly conclusion: string | null;
}

const MOST_FILES = 3000;

const planAnew =
  'Plan again on the main branch: start the workflow by hand, which asks for approval before it applies.';

/**
 * @param at `/repos/OWNER/NAME`
 * @param commit on the main branch
 * @param artifact its name, without the head commit, with which it ends
 */
export async function planOfCommit(
  api: Api,
  at: string,
  commit: string,
  artifact: string,
  trust: PlanTrust,
): Promise<FoundPlan> {
  const pull = await mergedInto(api, at, commit);
  const head = pull.head.sha;
  if (pull.head.repo?.id !== pull.base.repo.id) {
    throw new CommandError(`Pull request ${pull.number} is of a fork, which is never planned.`, planAnew);
  }
  await requireSamePipelines(api, at, pull.number);
  const wanted = `${artifact}-${head}`;
  const query = new URLSearchParams({ name: wanted, per_page: '100' });
  const found = await api.list<Artifact>(`${at}/actions/artifacts?${query}`);
  const ofHead = found.filter(
    ({ name, workflow_run: run }) =>
      name === wanted && run?.head_sha === head && run.head_repository_id === pull.base.repo.id,
  );
  const kept = ofHead.filter(({ expired }) => !expired).toSorted((a, b) => b.id - a.id);
  for (const { id, workflow_run: run } of kept) {
    if (!(await isPlanRun(api, at, run?.id ?? 0, head, trust))) continue;
    const archive = await api.download(`${at}/actions/artifacts/${id}/zip`);
    return { of: `pull request ${pull.number}`, headCommit: head, archive };
  }
  const why = ofHead.length > kept.length ? 'has expired' : 'is not there';
  throw new CommandError(`The plan ${wanted} of pull request ${pull.number} ${why}.`, planAnew);
}

/** Merged as a merge, squashed or rebased: each way the pull request names the commit. */
async function mergedInto(api: Api, at: string, commit: string): Promise<PullRequest> {
  const pulls = await api.list<PullRequest>(`${at}/commits/${commit}/pulls?per_page=100`);
  const merged = pulls.filter(({ merged_at, merge_commit_sha: sha }) => merged_at !== null && sha === commit);
  if (merged.length === 1 && merged[0]) return merged[0];
  throw new CommandError(
    merged.length === 0
      ? `Commit ${commit} did not come from a pull request.`
      : `Commit ${commit} is the merge of several pull requests: ${merged.map(({ number }) => number).join(', ')}.`,
    planAnew,
  );
}

/** Otherwise the code that made the plan is not the code that the reviewers of the plan know. */
async function requireSamePipelines(api: Api, at: string, number: number): Promise<void> {
  const files = await api.list<{ readonly filename: string; readonly previous_filename?: string }>(
    `${at}/pulls/${number}/files?per_page=100`,
  );
  const changed = files.find((file) =>
    [file.filename, file.previous_filename].some((name) => name?.startsWith('.github/')),
  );
  // The list ends at 3,000 files, so of a longer one it is not known.
  if (changed === undefined && files.length < MOST_FILES) return;
  if (changed === undefined) {
    throw new CommandError(
      `Pull request ${number} changes too many files to see whether pipelines are among them.`,
      planAnew,
    );
  }
  throw new CommandError(
    `Pull request ${number} changes ${changed.filename}: a plan that a changed pipeline made is not applied.`,
    planAnew,
  );
}

async function isPlanRun(api: Api, at: string, id: number, head: string, { workflow }: PlanTrust): Promise<boolean> {
  const run = await api.call<Run>('GET', `${at}/actions/runs/${id}`);
  const path = run.path.replace(/@.*$/, '');
  return (
    run.event === 'pull_request' &&
    run.head_sha === head &&
    run.conclusion === 'success' &&
    (workflow === undefined || path === workflow)
  );
}
