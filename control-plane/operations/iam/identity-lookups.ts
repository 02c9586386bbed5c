/** Finds identities by the names in requests, and shows them as answers do. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Group, Role, User } from '@keystead/provider-schema/generated/types.ts';
import { shownPolicy } from '../../authorization/policy-documents.ts';
import type { Context } from '../../context/context.ts';
import { listIdentityTags } from '../../domain/identities/identity-tags.ts';
import { isServiceLinkedPath } from '../../domain/identities/service-linked-roles.ts';
import type { GroupRow, PrincipalRow } from '../../storage/port/tables.ts';
import { noSuchEntity } from './identity-change.ts';

type New<Row> = Omit<Row, 'revision'>;

/** @throws KmsError NoSuchEntityException */
export async function requireUser(ctx: Context, name: string): Promise<PrincipalRow> {
  const row = await ctx.store.findPrincipalNamed(ctx.accountId, 'user', name);
  if (row?.name !== name) throw noSuchEntity(messages.userNotFound(name));
  return row;
}

/**
 * The user of this name, or the caller when no name is given: a user, or the root user.
 * @throws KmsError NoSuchEntityException, ValidationException when the caller is neither a user nor the root user
 */
export async function requireUserOrCaller(ctx: Context, name: string | undefined): Promise<PrincipalRow> {
  if (name !== undefined) return requireUser(ctx, name);
  const { kind, principalId } = ctx.principal;
  const known = kind === 'user' || kind === 'root' ? await ctx.store.findPrincipalById(principalId) : undefined;
  if (!known) throw new KmsError('ValidationException', messages.userNameRequired);
  return known.principal;
}

/** @throws KmsError NoSuchEntityException */
export async function requireRole(ctx: Context, name: string): Promise<PrincipalRow> {
  const row = await ctx.store.findPrincipalNamed(ctx.accountId, 'role', name);
  if (row?.name !== name) throw noSuchEntity(messages.roleNotFound(name));
  return row;
}

/**
 * A role that its account can change; a service-linked one belongs to its service.
 * @throws KmsError NoSuchEntityException, UnmodifiableEntityException
 */
export async function requireOwnRole(ctx: Context, name: string): Promise<PrincipalRow> {
  const role = await requireRole(ctx, name);
  if (!isServiceLinkedPath(role.path)) return role;
  throw new KmsError('UnmodifiableEntityException', messages.roleProtected(name));
}

/** @throws KmsError NoSuchEntityException */
export async function requireGroup(ctx: Context, name: string): Promise<GroupRow> {
  const row = await ctx.store.findGroupNamed(ctx.accountId, name);
  if (row?.name !== name) throw noSuchEntity(messages.groupNotFound(name));
  return row;
}

/** The root user has neither name nor path. */
export function userOf(row: New<PrincipalRow>): User {
  const named = row.kind === 'root' ? {} : { Path: row.path, UserName: row.name };
  return { ...named, ...common(row), UserId: row.principal_id };
}

/** The trust policy is shown with the unique ids of principals deleted since, and the new ARNs of renamed ones. */
export async function roleOf(ctx: Context, row: New<PrincipalRow>): Promise<Role> {
  const trust = { policy: row.trust_policy ?? '', policy_principals: row.trust_principals ?? '{}' };
  return {
    Path: row.path,
    RoleName: row.name,
    RoleId: row.principal_id,
    ...common(row),
    AssumeRolePolicyDocument: await shownPolicy(ctx, trust),
    MaxSessionDuration: row.max_session_duration_in_seconds ?? undefined,
    ...(row.description !== '' && { Description: row.description }),
  };
}

/** A user or role as lists show it: without tags and permissions boundary. */
export function listed<Entity extends User | Role>({ Tags, PermissionsBoundary, ...rest }: Entity) {
  return rest;
}

function common(row: New<PrincipalRow>) {
  const tags = listIdentityTags(row.tags);
  const boundary = row.permissions_boundary_arn;
  return {
    Arn: row.arn,
    CreateDate: new Date(row.created_at_ms),
    ...(boundary !== null && {
      PermissionsBoundary: {
        PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const,
        PermissionsBoundaryArn: boundary,
      },
    }),
    ...(tags.length > 0 && { Tags: tags }),
  };
}

export function groupOf(row: New<GroupRow>): Group {
  return {
    Path: row.path,
    GroupName: row.name,
    GroupId: row.group_id,
    Arn: row.arn,
    CreateDate: new Date(row.created_at_ms),
  };
}

/** A user or role as the change log names it. */
export function principalResource({ arn }: Pick<PrincipalRow, 'arn'>) {
  return { resourceType: 'principal', resourceId: arn } as const;
}

export function groupResource({ arn }: Pick<GroupRow, 'arn'>) {
  return { resourceType: 'group', resourceId: arn } as const;
}
