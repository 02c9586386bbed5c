/**
 * The claims that the identity tokens of each job have, as conditions of a trust policy.
 * Sources: GitHub Docs, "OpenID Connect reference" (subjects, immutable subject claims); GitLab Docs, "OpenID Connect
 * (OIDC) Authentication Using ID Tokens".
 */
import type { PipelineSource } from './source.ts';

export const pipelineJobs = ['plan', 'apply', 'drift'] as const;
export type PipelineJob = (typeof pipelineJobs)[number];

export type Claims = Readonly<Record<string, string | readonly string[]>>;

export interface RequiredClaims {
  /** Of each claim one of the values, exactly. */
  readonly equal: Claims;
  /** With `*` for any text. */
  readonly like: Claims;
}

export function claimsOf(job: PipelineJob, source: PipelineSource): RequiredClaims {
  return (source.provider === 'github' ? githubClaims : gitlabClaims)(job, source);
}

const defaultBranch = 'main';

/**
 * The event is required beside the subject: a job of `pull_request_target` has the subject of the branch, and runs what
 * a stranger's pull request can influence.
 */
function githubClaims(job: PipelineJob, source: PipelineSource): RequiredClaims {
  const { repository, branch = defaultBranch, environment, repositoryId, ownerId, workflow } = source;
  const ref = `refs/heads/${branch}`;
  const events = {
    plan: ['pull_request', 'workflow_dispatch'],
    apply: ['push', 'workflow_dispatch'],
    drift: ['schedule', 'workflow_dispatch'],
  };
  const ofBranch = { ref, ref_type: 'branch' };
  const [subjects, place]: readonly [readonly string[], Claims] =
    job === 'plan'
      ? // By hand it plans the branch anew, for an apply that waits for an approval.
        [['pull_request', `ref:${ref}`], {}]
      : job === 'apply' && environment !== undefined
        ? [[`environment:${environment.replaceAll(':', '%3A')}`], { ...ofBranch, environment }]
        : [[`ref:${ref}`], ofBranch];
  return {
    equal: {
      sub: oneOrMore(subjects.flatMap((subject) => subjectsOf(source, subject))),
      repository,
      ...(repositoryId !== undefined && { repository_id: repositoryId }),
      ...(ownerId !== undefined && { repository_owner_id: ownerId }),
      event_name: events[job],
      ...place,
      ...(workflow !== undefined && { job_workflow_ref: workflow }),
    },
    like: {},
  };
}

const oneOrMore = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? String(values[0]) : values;

/** Repositories made since the summer of 2026, and those that chose it, have the numbers in their subjects. */
function subjectsOf({ repository, repositoryId, ownerId }: PipelineSource, rest: string): readonly string[] {
  const byName = `repo:${repository}:${rest}`;
  if (repositoryId === undefined || ownerId === undefined) return [byName];
  const [owner, name] = repository.split('/');
  return [byName, `repo:${owner}@${ownerId}/${name}@${repositoryId}:${rest}`];
}

/**
 * A pipeline of a merge request has the name of the source branch as its ref, which can be `main` in a fork: the source
 * of the pipeline and, for apply and drift, the protection of the branch are required beside it.
 */
function gitlabClaims(job: PipelineJob, source: PipelineSource): RequiredClaims {
  const { repository, branch = defaultBranch, environment, repositoryId, workflow } = source;
  const sources = { plan: ['merge_request_event', 'web'], apply: ['push', 'web'], drift: ['schedule', 'web'] };
  const common = {
    project_path: repository,
    ...(repositoryId !== undefined && { project_id: repositoryId }),
    ref_type: 'branch',
    pipeline_source: sources[job],
    ...(workflow !== undefined && { ci_config_ref_uri: workflow }),
  };
  const subject = `project_path:${repository}:ref_type:branch:ref:`;
  if (job === 'plan') return { equal: common, like: { sub: `${subject}*` } };
  const inEnvironment = job === 'apply' && environment !== undefined;
  return {
    equal: {
      sub: subject + branch,
      ...common,
      ref: branch,
      ref_protected: 'true',
      ...(inEnvironment && { environment }),
    },
    like: {},
  };
}
