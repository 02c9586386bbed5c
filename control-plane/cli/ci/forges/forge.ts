/** What the commands need of a forge, the same for GitHub and GitLab. */

/** A comment on a pull or merge request. */
export interface ForgeComment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
}

export interface ForgeIssue {
  /** By which people name it. */
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly author: string;
  readonly address: string;
}

export interface IssueText {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/** The saved plan of a pull or merge request. */
export interface FoundPlan {
  /** `pull request 12` */
  readonly of: string;
  readonly headCommit: string;
  /** The zip that the forge keeps. */
  readonly archive: Buffer;
}

export interface Forge {
  readonly name: 'GitHub' | 'GitLab';
  /** Characters that one comment, and the text of an issue, can have. */
  readonly longestBody: number;
  /** A number that is higher for a later run of the pipeline. */
  readonly run: number;
  /** Text that this forge does not take for orders, as GitLab takes a line that begins with "/close". */
  harmless(text: string): string;
  /** The name under which this token writes. */
  author(): Promise<string>;
  comments(request: number): Promise<readonly ForgeComment[]>;
  createComment(request: number, body: string): Promise<ForgeComment>;
  updateComment(request: number, comment: number, body: string): Promise<void>;
  /** One that is gone is not an error. */
  deleteComment(request: number, comment: number): Promise<void>;
  /** Those with the label that are open. */
  openIssues(label: string): Promise<readonly ForgeIssue[]>;
  createIssue(issue: IssueText): Promise<ForgeIssue>;
  updateIssue(number: number, issue: IssueText): Promise<void>;
  commentOnIssue(number: number, body: string): Promise<void>;
  /** @param isDone what it reported is no longer so; otherwise it was one too many */
  closeIssue(number: number, isDone: boolean): Promise<void>;
  /**
   * The pull or merge request of the job.
   * @throws CommandError in a job that is not of one
   */
  request(): number;
  /**
   * @param commit on the main branch
   * @param artifact GitHub: the name of the artifact, without the "-" and the head commit at its end; GitLab: the job
   */
  planOf(commit: string, artifact: string, trust: PlanTrust): Promise<FoundPlan>;
}

export interface PlanTrust {
  /** GitHub: the workflow file that makes plans, as `.github/workflows/keystead.yml`. */
  readonly workflow?: string;
}
