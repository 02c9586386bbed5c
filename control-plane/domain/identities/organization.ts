/** An account's organization as its row holds it. */
import type { Organization } from '@keystead/provider-schema/organization.ts';

/** The columns of an account. */
export interface OrganizationColumns {
  readonly organization_id: string | null;
  /** JSON array. */
  readonly organization_paths: string | null;
}

/** @param organization undefined: the account is in no organization */
export function organizationColumns(organization: Organization | undefined): OrganizationColumns {
  return {
    organization_id: organization?.id ?? null,
    organization_paths: organization ? JSON.stringify(organization.paths) : null,
  };
}

/** undefined: the account is in no organization. */
export function organizationOf({
  organization_id: id,
  organization_paths,
}: OrganizationColumns): Organization | undefined {
  return id === null ? undefined : { id, paths: JSON.parse(organization_paths ?? '[]') as readonly string[] };
}
