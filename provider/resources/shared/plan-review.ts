/**
 * Asks the control plane what a planned change would break, and says what could not be found out. With
 * `unsafe_changes = "refuse"` a change that cannot be reviewed is refused, because it can be unsafe.
 */
import type { Client } from '../../client/client.ts';
import type { ChangeReview, PlannedChange, Reviews } from '../../client/reviews.ts';
import { ConnectionError, isServiceError, ServiceError } from '../../client/service-error.ts';
import type { Diagnostic, PathStep } from '../../engine/resource.ts';

export type Finding = ChangeReview['Findings'][number];
type Use = NonNullable<Finding['Uses']>[number];

/** A review, and what to say of its gaps. */
export interface Reviewed {
  readonly findings: readonly Finding[];
  /** What is unsafe has this severity. */
  readonly severity: Diagnostic['severity'];
  readonly recentUseInDays: number;
  readonly lastUse: Use | undefined;
  /** The key is not there: nothing can be lost. */
  readonly isMissing: boolean;
  /** The action that the caller would need to learn who uses the key; undefined: it was told, or was not asked. */
  readonly denied: string | undefined;
  readonly gaps: readonly Diagnostic[];
}

/** undefined: the provider block does not want reviews, or is not known yet. */
export async function reviewChange(
  client: Client | undefined,
  change: PlannedChange,
  region: string,
  path?: readonly PathStep[],
): Promise<Reviewed | undefined> {
  const reviews = client?.reviews;
  if (reviews === undefined) return undefined;
  const refuses = reviews.unsafeChanges === 'refuse';
  const common = { severity: refuses ? 'error' : 'warning', recentUseInDays: reviews.recentUseInDays } as const;
  const at = path === undefined ? {} : { path };
  try {
    const { Findings, Unreviewed, LastUse } = await reviews.review(change, region);
    const denied = Unreviewed.flatMap(({ Reason, Action = '' }) =>
      Reason === 'AccessDenied' && !ofTheChange.has(Action) ? [Action] : [],
    );
    const isCutOff = Unreviewed.some(({ Reason }) => Reason === 'TooCostly');
    return {
      ...common,
      findings: Findings,
      lastUse: LastUse,
      isMissing: Unreviewed.some(({ Reason }) => Reason === 'NotFound'),
      denied: denied[0],
      gaps: [
        ...(denied[0] === undefined ? [] : gap(reviews, 'permissions', { ...notAllowed(denied, change), ...at })),
        ...(isCutOff ? [{ severity: common.severity, ...tooCostly, ...at }] : []),
      ],
    };
  } catch (error) {
    const gaps = gap(reviews, 'answers', { ...unanswered(error), ...at });
    return { ...common, findings: [], lastUse: undefined, isMissing: false, denied: undefined, gaps };
  }
}

/** A caller who is not allowed these could not make the change either, and the change itself will say so. */
const ofTheChange: ReadonlySet<string> = new Set(['kms:CreateKey', 'kms:CreateGrant']);

type Text = Omit<Diagnostic, 'severity'>;

/** A warning once in a run; a refusal for each change. */
function gap(reviews: Reviews, subject: string, { summary, detail, ...at }: Text): readonly Diagnostic[] {
  if (reviews.unsafeChanges === 'refuse') {
    const refused = `${detail}\n\n${refusal}`;
    return [{ severity: 'error', summary, detail: refused, ...at }];
  }
  if (!reviews.isNew(subject)) return [];
  return [{ severity: 'warning', summary, detail: `${detail} This is said once, for the first such change.`, ...at }];
}

/** Ends every refusal. */
export const refusal =
  'Unsafe changes are refused (unsafe_changes in the provider block, or KEYSTEAD_UNSAFE_CHANGES). To make the change all ' +
  'the same, set unsafe_changes = "warn" for this run.';

const notAllowed = (actions: readonly string[], { KeyId, Operation }: PlannedChange): Text => ({
  summary: 'The plan cannot tell who uses its keys',
  detail:
    `The principal that Terraform runs as is not allowed ${[...new Set(actions)].join(' and ')} on KMS Key (${KeyId}), so ` +
    `not everything is known that ${Operation} would break. Allow kms:DescribeKey, kms:GetKeyPolicy, kms:ListGrants ` +
    'and kms:GetKeyLastUsage in the key policy or in an identity policy, or set unsafe_changes = "allow" in the ' +
    'provider block.',
});

const tooCostly: Text = {
  summary: 'The policy cannot be reviewed in full',
  detail:
    'It takes too long to decide about everybody who used the key. What the plan says is true, and more can be lost. ' +
    'Make the policy shorter, or ask about single principals with `keystead authorize --key-policy`.',
};

/** Any other error is a fault of the provider and is thrown again. */
function unanswered(error: unknown): Text {
  const summary = 'The plan cannot tell what it would break';
  if (isServiceError(error, 'UnknownOperationException', 'Http404', 'UnsupportedOperationException')) {
    return {
      summary,
      detail: 'The control plane is older than this provider and does not review plans. Upgrade the control plane.',
    };
  }
  if (error instanceof ServiceError) {
    const request = error.requestId === undefined ? '' : ` (request id ${error.requestId})`;
    return { summary, detail: `ReviewPlannedChanges failed: ${error.code}: ${error.message}${request}.` };
  }
  if (error instanceof ConnectionError) {
    return { summary, detail: `No answer from the control plane at ${error.endpoint}: ${error.message}.` };
  }
  throw error;
}

/** The findings of a type; a review has at most one of each. */
export const findingOf = (reviewed: Reviewed, type: Finding['Type']): Finding | undefined =>
  reviewed.findings.find(({ Type }) => Type === type);

/** `arn:…:user/app: Decrypt and Encrypt, last on 2026-01-02T03:04:05.000Z` */
export function useLines({ Uses = [], Total = Uses.length }: Finding): readonly string[] {
  const more = Total - Uses.length;
  return [...Uses.map((use) => `  ${useLine(use)}`), ...(more > 0 ? [`  and ${more} more`] : [])];
}

export function useLine({ Principal, AccountId, Actions, LastUsedDate }: Use): string {
  const isForeign = Principal !== undefined && AccountId !== undefined && /^A(ID|RO)A/.test(Principal);
  const by = Principal === undefined ? 'a principal that is not known any more' : Principal;
  const account = isForeign ? ` of account ${AccountId}` : '';
  const operations = Actions.map((action) => action.slice('kms:'.length)).sort();
  return `${by}${account}: ${operations.join(', ')}, last on ${new Date(LastUsedDate * 1000).toISOString()}`;
}

/** `alias/a, alias/b and 3 more` */
export function namesOf({ Names = [], Total = Names.length }: Finding): string {
  const more = Total - Names.length;
  return `${Names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
