/**
 * Who could do what with a key under another policy, compared with the present one: every action, for every principal of
 * the account and those that either policy names. Each answer is the authorizer's own, with the stored grants and
 * identity policies. Nothing is known of a request but its principal and its key, so a statement with a condition is
 * taken twice: as not met, and as met.
 */
import { isExhausted, renew } from '@keystead/policy/effort.ts';
import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import { type CompiledPolicy, principalsNamed } from '@keystead/policy/policy.ts';
import { rootArn } from '@keystead/provider-schema/arn.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Context } from '../context/context.ts';
import type { ResolvedKey } from '../context/resolved-key.ts';
import { createTurnBudget } from '../runtime/turn-budget.ts';
import { grantsTo } from './permit.ts';
import { isAllowedAs, type Simulated, simulatedPrincipal } from './simulate.ts';

/** What a principal can do under the present policy and not under the other one, and the reverse. */
export interface AccessChange {
  readonly principal: string;
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** Under conditions that depend on the request. */
  readonly mayGain: readonly string[];
  readonly mayLose: readonly string[];
}

export interface AccessComparison {
  readonly changes: readonly AccessChange[];
  /** Principals whose decisions cost too much, left out. */
  readonly unknown: readonly string[];
}

/** Everything that is decided for a key. */
const actions: readonly string[] = [
  ...new Set(
    Object.values<OperationRecord>(operations).flatMap(({ targets }) =>
      targets.flatMap((target) => (target.kind === 'key' ? [target.action] : [])),
    ),
  ),
].sort();

/** Decisions in one turn of the event loop: together a few milliseconds. */
const deciding = createTurnBudget(20);

/** Stands for every principal of every other account. */
const STRANGER = 'arn:aws:iam::000000000000:user/anyone';

/** The root user of the account and those that a policy names, services and other accounts included. */
export function principalsOf({ accountId, region, effort }: Context, documents: readonly string[]): readonly string[] {
  const policies = documents.map((document) => compiledKeyPolicy(document, undefined, effort, true));
  const named = policies
    .flatMap(principalsNamed)
    .flatMap((one) => (one.kind === 'account' ? [rootArn(one.accountId, region)] : 'arn' in one ? [one.arn] : []));
  const strangers = policies.some(admitsEveryone) ? [STRANGER] : [];
  return [...new Set([rootArn(accountId, region), ...named, ...strangers])];
}

const admitsEveryone = ({ statements }: CompiledPolicy): boolean =>
  statements.some(({ principals }) => principals.everyone);

/**
 * @param before the other policy
 * @param arns of users, roles and root users; those that do not exist are passed over
 * @throws KmsError MalformedPolicyDocumentException, LimitExceededException for a document that is not a key policy
 */
export async function compareAccess(
  ctx: Context,
  key: ResolvedKey,
  before: string,
  arns: readonly string[],
): Promise<AccessComparison> {
  const after = key.regional.policy;
  const pairs: Pairs = { before, after, metBefore: conditionsMet(before), metAfter: conditionsMet(after) };
  const changes: AccessChange[] = [];
  const unknown: string[] = [];
  for (const arn of arns) {
    const one = await simulatedPrincipal(ctx, arn).catch(noSuchPrincipal);
    if (one === undefined) continue;
    renew(ctx.effort);
    const change = await changeOf(ctx, key, pairs, { ...one, arn });
    if (isExhausted(ctx.effort)) unknown.push(arn);
    else if (change) changes.push(change);
  }
  return { changes, unknown };
}

interface Pairs {
  readonly before: string;
  readonly after: string;
  readonly metBefore: string;
  readonly metAfter: string;
}

async function changeOf(
  ctx: Context,
  key: ResolvedKey,
  { before, after, metBefore, metAfter }: Pairs,
  { principal, authority, arn }: Simulated & { readonly arn: string },
): Promise<AccessChange | undefined> {
  const as: Context = { ...ctx, principal, authority, sourceIp: '', userAgent: '' };
  const grants = await grantsTo(as, key);
  const can = async (Action: string, KeyPolicy: string): Promise<boolean> => {
    await deciding.take(1);
    return isAllowedAs(as, { Action, KeyPolicy }, key, grants);
  };
  const hasConditions = metBefore !== before || metAfter !== after;
  const change = { principal: arn, gained: [], lost: [], mayGain: [], mayLose: [] } as Writable<AccessChange>;
  for (const action of actions) {
    if (isExhausted(ctx.effort)) return undefined;
    const [did, does] = [await can(action, before), await can(action, after)];
    if (did !== does) (does ? change.gained : change.lost).push(action);
    else if (hasConditions) {
      const [could, can_] = [await can(action, metBefore), await can(action, metAfter)];
      if (could !== can_) (can_ ? change.mayGain : change.mayLose).push(action);
    }
  }
  const { gained, lost, mayGain, mayLose } = change;
  return [gained, lost, mayGain, mayLose].every(({ length }) => length === 0) ? undefined : change;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] extends readonly (infer One)[] ? One[] : T[Name] };

/** The policy as if every condition of an Allow were met, and none of a Deny. */
function conditionsMet(document: string): string {
  const policy = JSON.parse(document) as { readonly Statement?: unknown };
  const statements = (Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement]) as readonly Statement[];
  if (!statements.some((statement) => statement?.Condition !== undefined)) return document;
  const Statement = statements
    .filter(({ Effect, Condition }) => Effect === 'Allow' || Condition === undefined)
    .map(({ Condition: _, ...rest }) => rest);
  return JSON.stringify({ ...policy, Statement });
}

interface Statement {
  readonly Effect?: string;
  readonly Condition?: unknown;
}

function noSuchPrincipal(error: unknown): undefined {
  if (error instanceof KmsError && /^(NoSuchEntity|InvalidArn)Exception$/.test(error.code)) return undefined;
  throw error;
}
