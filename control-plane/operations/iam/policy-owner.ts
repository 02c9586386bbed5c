/** Users, groups and roles in one form, as owners of policies. */
import { limits } from '@keystead/provider-schema/limits.ts';
import type { Context } from '../../context/context.ts';
import type { Change } from '../../storage/port/changes.ts';
import type { GroupRow, PrincipalRow } from '../../storage/port/tables.ts';
import {
  groupResource,
  principalResource,
  requireGroup,
  requireOwnRole,
  requireRole,
  requireUser,
} from './identity-lookups.ts';

export interface PolicyOwner {
  readonly kind: 'user' | 'group' | 'role';
  readonly id: string;
  readonly name: string;
  /** The limit for all inline policies of the owner together, without white space. */
  readonly inlinePoliciesInChars: number;
  readonly resource: Pick<Change, 'resourceType' | 'resourceId'>;
}

/** @throws KmsError NoSuchEntityException */
export async function userOwner(ctx: Context, name: string): Promise<PolicyOwner> {
  return principalOwner('user', await requireUser(ctx, name), limits.userPoliciesInChars);
}

/** @throws KmsError NoSuchEntityException */
export async function roleOwner(ctx: Context, name: string): Promise<PolicyOwner> {
  return principalOwner('role', await requireRole(ctx, name), limits.rolePoliciesInChars);
}

/** A role whose policies can change. @throws KmsError NoSuchEntityException, UnmodifiableEntityException */
export async function ownRoleOwner(ctx: Context, name: string): Promise<PolicyOwner> {
  return principalOwner('role', await requireOwnRole(ctx, name), limits.rolePoliciesInChars);
}

/** @throws KmsError NoSuchEntityException */
export async function groupOwner(ctx: Context, name: string): Promise<PolicyOwner> {
  const group: GroupRow = await requireGroup(ctx, name);
  return {
    kind: 'group',
    id: group.group_id,
    name,
    inlinePoliciesInChars: limits.groupPoliciesInChars,
    resource: groupResource(group),
  };
}

function principalOwner(kind: 'user' | 'role', row: PrincipalRow, inlinePoliciesInChars: number): PolicyOwner {
  return { kind, id: row.principal_id, name: row.name, inlinePoliciesInChars, resource: principalResource(row) };
}
