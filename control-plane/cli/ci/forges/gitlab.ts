/**
 * GitLab, with the variables of GitLab CI. The job's own token can download artifacts and do little else, so comments
 * and issues need a project access token in KEYSTEAD_GITLAB_TOKEN.
 * Source: GitLab's REST API, version 4: notes, issues, commits, merge requests, job artifacts; "CI/CD job token".
 */
import { CommandError } from '../../shared/report.ts';
import { type Api, ForgeRefusal, openApi } from './api.ts';
import { type Environment, isNumber, requireVariable } from './environment.ts';
import type { Forge, ForgeComment, ForgeIssue } from './forge.ts';
import { planOfMerge } from './gitlab-plan.ts';

interface GitLabNote {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly username: string };
  readonly system: boolean;
}
interface GitLabIssue {
  readonly iid: number;
  readonly title: string;
  readonly description: string | null;
  readonly labels: readonly string[];
  readonly author: { readonly username: string };
  readonly web_url: string;
}

const TOKEN = 'KEYSTEAD_GITLAB_TOKEN';

export function openGitLab(env: Environment, pauseMs?: number): Forge {
  const address = requireVariable(env, 'CI_API_V4_URL', 'GitLab CI sets it.').replace(/\/$/, '');
  const project = requireVariable(env, 'CI_PROJECT_ID', 'GitLab CI sets it.');
  if (!isNumber(project)) throw new CommandError(`CI_PROJECT_ID: "${project}" is not a number.`, 'GitLab CI sets it.');
  const token = env[TOKEN];
  const api = openApi({
    name: 'GitLab',
    address,
    headers: token ? { 'private-token': token } : { 'job-token': env.CI_JOB_TOKEN ?? '' },
    permissionHint: () =>
      token
        ? `The token in ${TOKEN} needs the scope "api" and the role Developer in this project.`
        : `The token of a job must not do this: put a project access token (scope "api", role Developer) into the masked variable ${TOKEN}.`,
    ...(pauseMs !== undefined && { pauseMs }),
  });
  const at = `/projects/${project}`;
  const note = (request: number) => `${at}/merge_requests/${request}/notes`;
  return {
    name: 'GitLab',
    longestBody: 1_000_000,
    run: Number(env.CI_JOB_ID ?? 0),
    // A space without width before the slash: nobody sees it, also in code.
    harmless: (text) => text.replace(/^(?=\s*\/[a-z])/gim, '\u200b'),
    author: () => viewer(api, token),
    request: () => requestOf(env),
    comments: async (request) => {
      const notes = await api.list<GitLabNote>(`${note(request)}?per_page=100&sort=asc&order_by=created_at`);
      return notes.filter(({ system }) => !system).map(commentOf);
    },
    createComment: async (request, body) => commentOf(await api.call('POST', note(request), { body })),
    updateComment: (request, comment, body) => api.call('PUT', `${note(request)}/${comment}`, { body }),
    deleteComment: (request, comment) =>
      api.call<void>('DELETE', `${note(request)}/${comment}`).catch((error: unknown) => {
        if (!(error instanceof ForgeRefusal) || error.status !== 404) throw error;
      }),
    openIssues: async (label) => {
      const query = new URLSearchParams({ labels: label, state: 'opened', per_page: '100' });
      return (await api.list<GitLabIssue>(`${at}/issues?${query}`)).map(issueOf);
    },
    createIssue: async ({ title, body, labels }) =>
      issueOf(await api.call('POST', `${at}/issues`, { title, description: body, labels: labels.join(',') })),
    updateIssue: (number, { title, body, labels }) =>
      api.call('PUT', `${at}/issues/${number}`, { title, description: body, labels: labels.join(',') }),
    commentOnIssue: (number, body) => api.call('POST', `${at}/issues/${number}/notes`, { body }),
    closeIssue: (number) => api.call('PUT', `${at}/issues/${number}`, { state_event: 'close' }),
    planOf: (commit, artifact) => planOfMerge(api, { at, env, withToken: Boolean(token) }, commit, artifact),
  };
}

async function viewer(api: Api, token: string | undefined): Promise<string> {
  if (!token) {
    throw new CommandError(
      `${TOKEN} is not set, and the token of a job must not write comments or issues.`,
      `Put a project access token (scope "api", role Developer) into the masked variable ${TOKEN}, or leave this step out.`,
    );
  }
  return (await api.call<{ username: string }>('GET', '/user')).username;
}

const commentOf = ({ id, body, author }: GitLabNote): ForgeComment => ({ id, body, author: author.username });

const issueOf = ({ iid, title, description, labels, author, web_url: address }: GitLabIssue): ForgeIssue => ({
  number: iid,
  title,
  body: description ?? '',
  labels,
  author: author.username,
  address,
});

function requestOf(env: Environment): number {
  if (isNumber(env.CI_MERGE_REQUEST_IID)) return Number(env.CI_MERGE_REQUEST_IID);
  throw new CommandError(
    'This job does not belong to a merge request.',
    'Run it in a merge request pipeline, or name the merge request with --number.',
  );
}
