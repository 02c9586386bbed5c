/**
 * GitHub, with the token of the job and the variables of GitHub Actions.
 * Source: GitHub's REST API, version 2022-11-28: issues, comments, commits, pulls, actions/artifacts.
 */
import { readFileSync } from 'node:fs';
import { defined } from '@keystead/provider-schema/defined.ts';
import { CommandError } from '../../shared/report.ts';
import { type Api, ForgeRefusal, type Method, openApi } from './api.ts';
import { type Environment, isNumber, requireVariable } from './environment.ts';
import type { Forge, ForgeComment, ForgeIssue } from './forge.ts';
import { planOfCommit } from './github-plan.ts';

interface GitHubComment {
  readonly id: number;
  readonly body?: string;
  readonly user: { readonly login: string } | null;
}
interface GitHubIssue {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly html_url: string;
  readonly user: { readonly login: string } | null;
  readonly labels: readonly (string | { readonly name?: string })[];
  readonly pull_request?: unknown;
}

export function openGitHub(env: Environment, pauseMs?: number): Forge {
  const repository = requireVariable(env, 'GITHUB_REPOSITORY', 'GitHub Actions sets it.');
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new CommandError(`GITHUB_REPOSITORY: "${repository}" is not OWNER/NAME.`, 'GitHub Actions sets it.');
  }
  const token = requireVariable(env, 'GITHUB_TOKEN', 'In the workflow: env: GITHUB_TOKEN: $' + '{{ github.token }}.');
  const address = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/$/, '');
  const api = openApi({
    name: 'GitHub',
    address,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    permissionHint,
    ...(pauseMs !== undefined && { pauseMs }),
  });
  const at = `/repos/${repository}`;
  return {
    name: 'GitHub',
    longestBody: 65_536,
    run: Number(env.GITHUB_RUN_ID ?? 0) * 1000 + Number(env.GITHUB_RUN_ATTEMPT ?? 0),
    harmless: (text) => text,
    author: () => viewer(api, env, address),
    request: () => requestOf(env),
    comments: async (request) =>
      (await api.list<GitHubComment>(`${at}/issues/${request}/comments?per_page=100`)).map(commentOf),
    createComment: async (request, body) =>
      commentOf(await api.call('POST', `${at}/issues/${request}/comments`, { body })),
    updateComment: (_request, comment, body) => api.call('PATCH', `${at}/issues/comments/${comment}`, { body }),
    deleteComment: (_request, comment) =>
      api.call<void>('DELETE', `${at}/issues/comments/${comment}`).catch(unless(404)),
    openIssues: async (label) => {
      const query = new URLSearchParams({ labels: label, state: 'open', per_page: '100' });
      const issues = await api.list<GitHubIssue>(`${at}/issues?${query}`);
      return issues.filter((issue) => issue.pull_request === undefined).map(issueOf);
    },
    createIssue: async (issue) => issueOf(await api.call('POST', `${at}/issues`, issue)),
    updateIssue: (number, issue) => api.call('PATCH', `${at}/issues/${number}`, issue),
    commentOnIssue: (number, body) => api.call('POST', `${at}/issues/${number}/comments`, { body }),
    closeIssue: (number, isDone) =>
      api.call('PATCH', `${at}/issues/${number}`, {
        state: 'closed',
        state_reason: isDone ? 'completed' : 'not_planned',
      }),
    planOf: (commit, artifact, { workflow = workflowOf(env, repository) }) =>
      planOfCommit(api, at, commit, artifact, defined({ workflow })),
  };
}

/** `team/keys/.github/workflows/keystead.yml@refs/heads/main` is of this job. */
function workflowOf({ GITHUB_WORKFLOW_REF: ref = '' }: Environment, repository: string): string | undefined {
  return ref.startsWith(`${repository}/`) ? ref.slice(repository.length + 1).replace(/@.*$/, '') : undefined;
}

/** Also for tokens of GitHub Apps, as that of a job is, for which `GET /user` is refused. */
async function viewer(api: Api, env: Environment, address: string): Promise<string> {
  const graphQl = env.GITHUB_GRAPHQL_URL || `${address.replace(/\/v3$/, '')}/graphql`;
  if (new URL(graphQl).origin !== new URL(address).origin) {
    throw new CommandError(
      `GITHUB_GRAPHQL_URL is at another host than GITHUB_API_URL.`,
      'Leave both as GitHub Actions sets them.',
    );
  }
  const path = relativeTo(address, graphQl);
  const { data } = await api.call<{ data?: { viewer?: { login?: string } } }>('POST', path, {
    query: '{ viewer { login } }',
  });
  const login = data?.viewer?.login;
  if (login === undefined) {
    throw new CommandError('GitHub does not say whose the token is.', 'Give the job its own token, github.token.');
  }
  return nameOf(login);
}

/** GitHub Enterprise Server has REST at /api/v3 and GraphQL at /api/graphql. */
function relativeTo(address: string, target: string): string {
  const [base, wanted] = [new URL(address).pathname.replace(/\/$/, ''), new URL(target).pathname];
  return wanted.startsWith(`${base}/`) || base === ''
    ? wanted.slice(base.length)
    : `${'/..'.repeat(base.split('/').length - 1)}${wanted}`;
}

/** REST writes the author of a GitHub App with "[bot]", GraphQL in some versions without. */
const nameOf = (login: string): string => login.replace(/\[bot\]$/, '');

const commentOf = ({ id, body = '', user }: GitHubComment): ForgeComment => ({
  id,
  body,
  author: nameOf(user?.login ?? ''),
});

const issueOf = ({ number, title, body, labels, user, html_url: address }: GitHubIssue): ForgeIssue => ({
  number,
  title,
  body: body ?? '',
  labels: labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
  author: nameOf(user?.login ?? ''),
  address,
});

/** For `catch`: this status is not an error. */
function unless(status: number): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ForgeRefusal) || error.status !== status) throw error;
  };
}

/** The event's file has the number; the ref has it too, as refs/pull/12/merge. */
function requestOf(env: Environment): number {
  const number = numberIn(env.GITHUB_EVENT_PATH) ?? /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '')?.[1];
  if (isNumber(number)) return Number(number);
  throw new CommandError(
    'This job does not belong to a pull request.',
    'Run it on the event pull_request, or name the pull request with --number.',
  );
}

function numberIn(path: string | undefined): unknown {
  if (!path) return undefined;
  try {
    const event = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { number?: unknown } | undefined>;
    return event.pull_request?.number ?? event.issue?.number ?? undefined;
  } catch (error) {
    throw new CommandError(
      `${path} cannot be read: ${(error as Error).message}.`,
      'GITHUB_EVENT_PATH names the file with the event of the run.',
    );
  }
}

function permissionHint(method: Method, path: string): string {
  const [scope, level] = path.includes('/actions/')
    ? ['actions', 'read']
    : path.includes('/pulls')
      ? ['pull-requests', 'read']
      : path.includes('/comments')
        ? ['pull-requests', method === 'GET' ? 'read' : 'write']
        : ['issues', method === 'GET' ? 'read' : 'write'];
  return (
    `The job needs "permissions: ${scope}: ${level}" (for comments on an issue "issues: write"). ` +
    'A pull request of a fork never gets to write.'
  );
}
