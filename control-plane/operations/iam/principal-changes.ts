/** Changes that users, roles and groups have in common. */
import { messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../context/context.ts';
import { updatePrincipal } from '../../mutations/identity-mutations.ts';
import type { PrincipalRow } from '../../storage/port/tables.ts';
import { deleteConflict } from './identity-change.ts';
import { principalResource } from './identity-lookups.ts';

/** A user's or role's new tags. */
export function retagged(row: PrincipalRow, change: (tags: string) => string) {
  const tags = change(row.tags);
  return {
    output: undefined,
    resource: principalResource(row),
    kind: 'updated' as const,
    mutations: tags === row.tags ? [] : [updatePrincipal(row, { tags })],
  };
}

/** A user's or role's new permissions boundary. */
export function bounded(row: PrincipalRow, permissions_boundary_arn: string | null) {
  return {
    output: undefined,
    resource: principalResource(row),
    kind: 'updated' as const,
    mutations:
      row.permissions_boundary_arn === permissions_boundary_arn
        ? []
        : [updatePrincipal(row, { permissions_boundary_arn })],
  };
}

/** @throws KmsError DeleteConflictException while a user, group or role has policies */
export async function requireNoPolicies(ctx: Context, ownerId: string): Promise<void> {
  if ((await ctx.store.listAttachments(ownerId)).length > 0) {
    throw deleteConflict(messages.mustFirst('detach all policies'));
  }
  if ((await ctx.store.listInlinePolicies(ownerId)).length > 0) {
    throw deleteConflict(messages.mustFirst('delete policies'));
  }
}
