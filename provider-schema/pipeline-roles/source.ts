/**
 * Where the jobs of a pipeline run: which CI system, which repository, which branch. Every text ends up in a condition
 * that must match exactly, so nothing that a policy would read as a pattern or a variable is taken.
 */

export const ciProviders = ['github', 'gitlab'] as const;
export type CiProvider = (typeof ciProviders)[number];

export interface PipelineSource {
  readonly provider: CiProvider;
  /** `team/app`; on GitLab with all groups, `group/subgroup/app`. Case matters: as the CI system writes it. */
  readonly repository: string;
  /** The branch whose commits are applied and compared. Default: `main`. */
  readonly branch?: string | undefined;
  /** The environment of the apply job. Default: any job of the branch can apply. */
  readonly environment?: string | undefined;
  /** `https://…`. Default: GitHub's or gitlab.com's own. */
  readonly issuer?: string | undefined;
  /** Number of the repository (GitLab: project), which a new one under an old name does not have. */
  readonly repositoryId?: string | undefined;
  /** GitHub only: number of the owner. Needed with `repositoryId`, because newer subjects contain both. */
  readonly ownerId?: string | undefined;
  /** The workflow file (GitHub) or CI configuration (GitLab) that every job must come from, with its ref. */
  readonly workflow?: string | undefined;
}

/** An option that cannot be meant. Its message is a sentence, and the hint says what to write. */
export class PipelineRolesError extends Error {
  override readonly name = 'PipelineRolesError';
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export const issuers: Readonly<Record<CiProvider, string>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
};

/** @throws PipelineRolesError */
export function requireSource(source: PipelineSource): void {
  const { provider, repository, branch, environment, issuer, repositoryId, ownerId, workflow } = source;
  const form = provider === 'github' ? /^[\w-]+\/[\w.-]+$/ : /^[\w-][\w.-]*(\/[\w-][\w.-]*)+$/;
  if (!form.test(repository)) {
    throw new PipelineRolesError(
      `"${repository}" is not a repository.`,
      provider === 'github' ? 'Write OWNER/NAME, like team/app.' : 'Write GROUP/NAME with all groups, like team/app.',
    );
  }
  requireLiteral('branch', branch, /^[^\s~^:\\]+$/);
  requireLiteral('environment', environment, /./);
  requireLiteral(
    'workflow',
    workflow,
    /@/,
    'Write it with its ref, like team/app/.github/workflows/keys.yml@refs/heads/main.',
  );
  for (const [name, id] of [
    ['repository', repositoryId],
    ['owner', ownerId],
  ] as const) {
    if (id !== undefined && !/^[1-9]\d*$/.test(id)) {
      throw new PipelineRolesError(
        `"${id}" is not the number of a ${name}.`,
        'Write its digits; the CI system shows it.',
      );
    }
  }
  if (provider === 'github' && (repositoryId === undefined) !== (ownerId === undefined)) {
    throw new PipelineRolesError(
      'Of the numbers of repository and owner only one is given.',
      'Give both: subjects of GitHub have both or none.',
    );
  }
  if (issuer !== undefined && !/^https:\/\/[^/?#\s]+[^?#\s]*$/.test(issuer)) {
    throw new PipelineRolesError(`"${issuer}" is not an issuer.`, 'Write an https:// URL without a query.');
  }
}

function requireLiteral(
  what: string,
  text: string | undefined,
  form: RegExp,
  hint = 'Name exactly one: trust policies for pipelines have no patterns.',
): void {
  if (text === undefined || (form.test(text) && !/[*?$]/.test(text))) return;
  throw new PipelineRolesError(`"${text}" is not the name of one ${what}.`, hint);
}
