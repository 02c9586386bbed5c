/**
 * Rows and mutations of identities, for operations and for the first start. Every change of permissions includes
 * `bumpAccountRevision`: if two changes read the same revision of an account, one fails and runs again, so counts and
 * names that were read still hold at the commit. The new revision also makes every node read the account's policies
 * again.
 */
import type { Organization } from '@keystead/provider-schema/organization.ts';
import { organizationColumns } from '../domain/identities/organization.ts';
import type { Change } from '../storage/port/changes.ts';
import type { Mutation } from '../storage/port/store.ts';
import type { AccountRow, PrincipalRow } from '../storage/port/tables.ts';

type New<Row> = Omit<Row, 'revision'>;

/** A principal's row; columns that are not given are empty. */
export function newPrincipal(
  of: Pick<PrincipalRow, 'principal_id' | 'account_id' | 'kind' | 'name' | 'arn' | 'created_at_ms'> &
    Partial<New<PrincipalRow>>,
): New<PrincipalRow> {
  return {
    path: '/',
    description: '',
    tags: '{}',
    permissions_boundary_arn: null,
    trust_policy: null,
    trust_principals: null,
    max_session_duration_in_seconds: null,
    ...of,
    name_key: of.name.toLowerCase(),
  };
}

/** An account's root user. */
export function rootPrincipal(accountId: string, arn: string, nowMs: number): New<PrincipalRow> {
  return newPrincipal({
    principal_id: accountId,
    account_id: accountId,
    kind: 'root',
    name: '',
    arn,
    created_at_ms: nowMs,
  });
}

export function newAccount(accountId: string, name: string, nowMs: number): Mutation {
  const row = { account_id: accountId, name, created_at_ms: nowMs, ...organizationColumns(undefined) };
  return { op: 'insert', table: 'accounts', row };
}

/** The account's new revision makes every node read the organization again. @param organization undefined: none */
export function setOrganization(
  { account_id, revision }: AccountRow,
  organization: Organization | undefined,
): Mutation {
  return { op: 'update', table: 'accounts', key: { account_id }, revision, set: organizationColumns(organization) };
}

/** The write fails if any identity of the account changed since the account was read. */
export function bumpAccountRevision({ account_id, revision }: AccountRow): Mutation {
  return { op: 'update', table: 'accounts', key: { account_id }, revision, set: {} };
}

export function updatePrincipal(
  { principal_id, revision }: Pick<PrincipalRow, 'principal_id' | 'revision'>,
  set: Partial<Omit<PrincipalRow, 'revision' | 'principal_id'>>,
): Mutation {
  return { op: 'update', table: 'principals', key: { principal_id }, revision, set };
}

/** The change log's row for an identity; IAM is global, and its changes are logged in the Region of the request. */
export function identityChange(
  ctx: { readonly accountId: string; readonly region: string },
  resource: Pick<Change, 'resourceType' | 'resourceId'>,
  kind: Change['kind'],
  eventName: string,
): Change {
  return { accountId: ctx.accountId, region: ctx.region, ...resource, kind, eventName };
}
