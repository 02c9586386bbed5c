/** Turns stored principals into the form that policies, grants and the audit use. */
import type { Principal, ServicePrincipal } from '@keystead/policy/principal.ts';
import { assumedRoleArn, regionalServiceName } from '@keystead/provider-schema/arn.ts';
import type { PrincipalRow } from '../storage/port/tables.ts';

/** A principal that can have access keys; undefined for a role, which only has sessions. */
export function principalOf(row: PrincipalRow): Principal | undefined {
  const common = { accountId: row.account_id, arn: row.arn, principalId: row.principal_id };
  switch (row.kind) {
    case 'root':
      return { kind: 'root', ...common };
    case 'user':
      return { kind: 'user', userName: row.name, ...common };
    case 'aws-service':
      return { kind: 'aws-service', ...common, arn: row.name };
    case 'role':
      return undefined;
  }
}

/** The service as it calls in a Region, where it has a second name. */
export function serviceIn(region: string, service: ServicePrincipal): ServicePrincipal {
  const regionalName = regionalServiceName(service.arn, region);
  return regionalName === service.arn ? service : { ...service, regionalName };
}

export type RoleSession = Extract<Principal, { readonly kind: 'assumed-role' }>;

/** A session of a role. */
export function roleSessionOf(
  role: Pick<PrincipalRow, 'account_id' | 'principal_id' | 'name' | 'arn'>,
  sessionName: string,
): RoleSession {
  return {
    kind: 'assumed-role',
    accountId: role.account_id,
    arn: assumedRoleArn(role.arn, role.name, sessionName),
    principalId: `${role.principal_id}:${sessionName}`,
    roleArn: role.arn,
    roleId: role.principal_id,
    roleName: role.name,
    sessionName,
  };
}
