/**
 * What changes that somebody plans would break. The operation is Keystead's own. Each change is reviewed for itself: what
 * the caller may not know of one key is left out of its review, which says so; the others are answered.
 */

import { keyArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type {
  ChangeFinding,
  ChangeReview,
  PlannedChange,
  Unreviewed,
} from '@keystead/provider-schema/generated/types.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { plannedChangesOperations } from '@keystead/provider-schema/operations/keystead/planned-changes.ts';
import { trailResource } from '../../audit/event-form.ts';
import {
  findListedKey,
  type ListedPermission,
  permissionInAccount,
  permissionOn,
} from '../../authorization/listed-keys.ts';
import { type PolicyReview, reviewKeyPolicy, reviewNewKeyPolicy } from '../../authorization/policy-review.ts';
import type { Context } from '../../context/context.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import type { AuditResource } from '../../domain/audit/audit-record.ts';
import { defaultKeyPolicy } from '../../domain/keys/default-policy.ts';
import type { UseByPrincipal } from '../../domain/keys/key-users.ts';
import { grantEntries } from '../kms/grant-lists.ts';
import { findGrantPrincipalId } from '../kms/grant-lookups.ts';
import { usersOf } from '../kms/key-usage.ts';
import { regionsOf } from '../kms/keys.ts';
import type { Implementation, Implementations } from '../shared/implementation.ts';
import { lastUseOf, usesFinding } from './key-uses.ts';

const NAMES_SHOWN = 5;
const MS_PER_DAY = 86_400_000;

/** Who asks, since when a use is recent, and what the audit record will say. */
interface Reviewer {
  readonly ctx: Context;
  readonly sinceMs: number;
  readonly decisions: ListedPermission['decisions'][number][];
  readonly resources: Map<string, AuditResource>;
}

type Review = Omit<ChangeReview, 'Findings'> & { readonly Findings: readonly ChangeFinding[] };

const reviewPlannedChanges: Implementation<'ReviewPlannedChanges'> = {
  async run(ctx, { Changes, RecentUseInDays = limits.recentUseInDays.default }) {
    const sinceMs = ctx.nowMs - RecentUseInDays * MS_PER_DAY;
    const reviewer: Reviewer = { ctx, sinceMs, decisions: [], resources: new Map() };
    const Reviews: Review[] = [];
    for (const change of Changes) Reviews.push(await reviewOf(reviewer, change));
    return {
      output: { Reviews },
      decisions: reviewer.decisions,
      audit: { resources: [...reviewer.resources.values()] },
    };
  },
};

/** What the answer tells of one key needs the permissions of the calls that tell the same. */
const needs = {
  dependents: ['kms:DescribeKey', 'kms:ListGrants'],
  use: ['kms:GetKeyLastUsage', 'kms:GetKeyPolicy'],
  policy: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListGrants', 'kms:GetKeyLastUsage'],
  grant: ['kms:CreateGrant'],
} as const;

const keyReviews: Readonly<Partial<Record<PlannedChange['Operation'], KeyReviewer>>> = {
  ScheduleKeyDeletion: reviewLoss,
  DisableKey: reviewLoss,
  DeleteImportedKeyMaterial: reviewUse,
  ImportKeyMaterial: reviewUse,
  PutKeyPolicy: reviewPolicy,
  DeleteAlias: reviewAlias,
};

type KeyReviewer = (reviewer: Reviewer, key: ResolvedKey, change: PlannedChange) => Promise<Review>;

async function reviewOf(reviewer: Reviewer, change: PlannedChange): Promise<Review> {
  const { Operation, KeyId } = change;
  if (Operation === 'CreateGrant') return reviewGrant(reviewer, change);
  if (Operation === 'CreateKey') return reviewNewKey(reviewer, change);
  const key = KeyId === undefined ? 'NotFound' : await findListedKey(reviewer.ctx, KeyId);
  if (typeof key === 'string') return nothing([{ Reason: key, ...(key === 'AccessDenied' && noAccess) }]);
  return keyReviews[Operation]?.(reviewer, key, change) ?? nothing([]);
}

const noAccess = { Action: 'kms:DescribeKey' };
const nothing = (Unreviewed: readonly Unreviewed[]): Review => ({ Findings: [], Unreviewed });

/** The findings, if the caller may know them. */
async function permitted(
  reviewer: Reviewer,
  key: ResolvedKey,
  actions: readonly string[],
  review: () => Promise<Review>,
): Promise<Review> {
  const permission = noted(reviewer, await permissionOn(reviewer.ctx, key, actions));
  if (permission.denied !== undefined) return nothing([{ Reason: 'AccessDenied', Action: permission.denied }]);
  reviewer.resources.set(key.arn, trailResource(key.regional.account_id, key.arn));
  return review();
}

function noted({ decisions }: Reviewer, permission: ListedPermission): ListedPermission {
  decisions.push(...permission.decisions);
  return permission;
}

const together = (...reviews: readonly Review[]): Review => ({
  Findings: reviews.flatMap(({ Findings }) => Findings),
  Unreviewed: reviews.flatMap(({ Unreviewed }) => Unreviewed),
  ...defined({ LastUse: reviews.find(({ LastUse }) => LastUse !== undefined)?.LastUse }),
});

/** The key will not work any more. */
async function reviewLoss(reviewer: Reviewer, key: ResolvedKey): Promise<Review> {
  const dependents = await permitted(reviewer, key, needs.dependents, async () => ({
    Findings: await dependentsOf(reviewer.ctx, key),
    Unreviewed: [],
  }));
  return together(await reviewUse(reviewer, key), dependents);
}

function reviewUse(reviewer: Reviewer, key: ResolvedKey): Promise<Review> {
  return permitted(reviewer, key, needs.use, async () => {
    const users = await usersOf(reviewer.ctx, key);
    const recent = users.filter(({ usedAtMs }) => usedAtMs >= reviewer.sinceMs);
    const LastUse = await lastUseOf(reviewer.ctx, key, users);
    const isRecent = LastUse !== undefined && LastUse.LastUsedDate.getTime() >= reviewer.sinceMs;
    // Of a use whose record is pruned, only its time and operation are known.
    const found = recent.length > 0 ? await usesFinding(reviewer.ctx, 'RecentlyUsed', recent) : unknownUser(LastUse);
    return { Findings: isRecent || recent.length > 0 ? [found] : [], Unreviewed: [], ...defined({ LastUse }) };
  });
}

const unknownUser = (use: ChangeReview['LastUse']): ChangeFinding => ({
  Type: 'RecentlyUsed',
  Uses: use ? [use] : [],
  Total: 1,
});

async function dependentsOf(ctx: Context, key: ResolvedKey): Promise<readonly ChangeFinding[]> {
  const { account_id, region, key_id } = key.regional;
  const aliases = await ctx.store.listAliases(account_id, region, { keyId: key_id, limit: NAMES_SHOWN });
  const grants = await ctx.store.listGrants(account_id, region, key_id, { limit: NAMES_SHOWN });
  const isPrimary = key.shared.primary_region === region;
  const replicas = isPrimary ? (await regionsOf(ctx, key)).filter((other) => other !== region) : [];
  const grantees = (await grantEntries(ctx, grants.rows)).map(
    ({ GranteePrincipal, GranteeServicePrincipal, Name }) =>
      `${GranteePrincipal ?? GranteeServicePrincipal}${Name ? ` (${Name})` : ''}`,
  );
  const aliasNames = aliases.rows.map(({ alias_name }) => alias_name);
  return [
    ...named('HasAliases', aliasNames, aliases.more ? await ctx.store.countAliases(account_id, region, key_id) : 0),
    ...named('HasGrants', grantees, grants.more ? await ctx.store.countGrants(account_id, region, key_id) : 0),
    ...named('HasReplicas', replicas),
  ];
}

function named(Type: ChangeFinding['Type'], names: readonly string[], counted = 0): readonly ChangeFinding[] {
  if (names.length === 0) return [];
  return [{ Type, Names: names.slice(0, NAMES_SHOWN), Total: Math.max(counted, names.length) }];
}

function reviewPolicy(reviewer: Reviewer, key: ResolvedKey, { Policy }: PlannedChange): Promise<Review> {
  const { ctx, sinceMs } = reviewer;
  return permitted(reviewer, key, needs.policy, async () => {
    const users = (await usersOf(ctx, key)).filter(({ usedAtMs }) => usedAtMs >= sinceMs);
    const document = Policy ?? defaultKeyPolicy(ctx.accountId, ctx.region);
    return unlessMalformed(async () => policyFindings(ctx, await reviewKeyPolicy(ctx, key, document, users)));
  });
}

async function policyFindings(ctx: Context, review: PolicyReview): Promise<Review> {
  return {
    Findings: [
      ...lockouts(review),
      ...named('AdministratorsLockedOut', review.administratorsLockedOut),
      ...(review.lost.length > 0 ? [await usesFinding(ctx, 'AccessLost', review.lost)] : []),
    ],
    Unreviewed: review.isCutOff ? [{ Reason: 'TooCostly' }] : [],
  };
}

function lockouts(review: Pick<PolicyReview, 'callerLockedOut' | 'everyoneLockedOut'>): readonly ChangeFinding[] {
  return [
    ...(review.everyoneLockedOut ? [{ Type: 'EveryoneLockedOut' } as const] : []),
    ...(review.callerLockedOut ? [{ Type: 'CallerLockedOut' } as const] : []),
  ];
}

/** @returns a finding when the document is not a key policy, which the service will say of the change itself */
async function unlessMalformed(review: () => Review | Promise<Review>): Promise<Review> {
  try {
    return await review();
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    return { Findings: [{ Type: 'PolicyRefused', Message: error.message }], Unreviewed: [] };
  }
}

/** The id of a key that does not exist yet: a policy cannot name it. */
const NEW_KEY_ID = '00000000-0000-0000-0000-000000000000';

async function reviewNewKey(reviewer: Reviewer, { Policy }: PlannedChange): Promise<Review> {
  const { ctx } = reviewer;
  const { denied } = noted(reviewer, permissionInAccount(ctx, 'kms:CreateKey'));
  if (denied !== undefined) return nothing([{ Reason: 'AccessDenied', Action: denied }]);
  if (Policy === undefined) return nothing([]);
  const arn = keyArn(ctx.region, ctx.accountId, NEW_KEY_ID);
  return unlessMalformed(() => ({ Findings: lockouts(reviewNewKeyPolicy(ctx, Policy, arn)), Unreviewed: [] }));
}

/**
 * Whoever can create the grant would learn by the refusal that its principal does not exist; on a key that is not there
 * yet, or is another account's, whoever can create keys would, by a key policy that names the principal.
 */
async function reviewGrant(reviewer: Reviewer, change: PlannedChange): Promise<Review> {
  const { ctx } = reviewer;
  const key = change.KeyId === undefined ? 'NotFound' : await findListedKey(ctx, change.KeyId);
  if (typeof key === 'object') return permitted(reviewer, key, needs.grant, () => missingPrincipals(ctx, change));
  const { denied } = noted(reviewer, permissionInAccount(ctx, 'kms:CreateKey'));
  if (denied !== undefined) return nothing([{ Reason: 'AccessDenied', Action: denied }]);
  return missingPrincipals(ctx, change);
}

async function missingPrincipals(
  ctx: Context,
  { GranteePrincipal, RetiringPrincipal }: PlannedChange,
): Promise<Review> {
  const missing = async (Type: ChangeFinding['Type'], name: string | undefined) =>
    name === undefined || (await findGrantPrincipalId(ctx, name)) !== undefined ? [] : named(Type, [name]);
  return {
    Findings: [
      ...(await missing('GranteeMissing', GranteePrincipal)),
      ...(await missing('RetiringPrincipalMissing', RetiringPrincipal)),
    ],
    Unreviewed: [],
  };
}

/** Uses whose last request named the key by this alias. */
function reviewAlias(reviewer: Reviewer, key: ResolvedKey, { AliasName }: PlannedChange): Promise<Review> {
  const { ctx, sinceMs } = reviewer;
  return permitted(reviewer, key, needs.use, async () => {
    const users: readonly UseByPrincipal[] = await usersOf(ctx, key);
    const byAlias = users.filter(({ usedAtMs, facts }) => usedAtMs >= sinceMs && facts.alias === AliasName);
    return { Findings: byAlias.length > 0 ? [await usesFinding(ctx, 'AliasUsed', byAlias)] : [], Unreviewed: [] };
  });
}

export const plannedChangesFunctions: Implementations<typeof plannedChangesOperations> = {
  ReviewPlannedChanges: reviewPlannedChanges,
};
