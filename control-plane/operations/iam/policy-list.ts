/** Managed policies page by page: the account's own first, then those of AWS. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Context } from '../../context/context.ts';
import { type AwsManagedPolicy, awsManagedPolicies } from '../../domain/identities/aws-managed-policies.ts';
import { type KeysetPage, type Page, pageOf } from '../../storage/port/page.ts';
import type { ManagedPolicyRow } from '../../storage/port/tables.ts';
import { type IdentityPage, type IdentityPageInput, identityPage } from '../shared/paging.ts';
import { namePage } from './identity-change.ts';
import type { AnyPolicy } from './policy-lookups.ts';

export function listPolicyPage(
  ctx: Context,
  operation: string,
  scope: 'All' | 'AWS' | 'Local',
  pathPrefix: string,
  input: IdentityPageInput,
): Promise<IdentityPage<AnyPolicy>> {
  const read = async ({ after, limit }: KeysetPage) => {
    const own = scope === 'AWS' || after?.startsWith('aws/') ? undefined : await ownPage(ctx, pathPrefix, after, limit);
    if (own?.more || scope === 'Local') return own ?? { rows: [], more: false };
    const rows = own?.rows ?? [];
    const rest = awsPolicies(pathPrefix).filter(
      (policy) => after === undefined || after.startsWith('own/') || positionOf(policy) > after,
    );
    return pageOf([...rows, ...rest], limit);
  };
  return identityPage<AnyPolicy>(ctx, [operation, scope, pathPrefix], input, read, positionOf);
}

function ownPage(
  ctx: Context,
  PathPrefix: string,
  after: string | undefined,
  limit: number,
): Promise<Page<ManagedPolicyRow>> {
  const page = { limit, ...defined({ after: after?.slice('own/'.length) }) };
  return ctx.store.listManagedPolicies(ctx.accountId, namePage({ PathPrefix }, page));
}

/** All AWS managed policies that Keystead has are at the root path. */
function awsPolicies(pathPrefix: string): readonly AwsManagedPolicy[] {
  if (pathPrefix !== '/') return [];
  return [...awsManagedPolicies.values()].sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
}

function positionOf(policy: AnyPolicy): string {
  return 'policy_id' in policy ? `own/${policy.name_key}` : `aws/${policy.name.toLowerCase()}`;
}
