/**
 * Organizations of accounts, as AWS Organizations has them, and the condition keys about them.
 * Source: AWS Organizations API Reference, Organization, Root, OrganizationalUnit (forms of ids); IAM User Guide, "AWS
 * global condition context keys", aws:PrincipalOrgPaths (form of a path).
 */

/** The organization that an account belongs to, and the account's place there. */
export interface Organization {
  /** `o-a1b2c3d4e5` */
  readonly id: string;
  /** From the organization to the account's parent, ends with a slash: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`. */
  readonly paths: readonly string[];
}

/** Lower case: key names do not distinguish case. */
export const organizationConditionKeys = [
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
] as const;

export type OrganizationConditionKey = (typeof organizationConditionKeys)[number];

/** Whether the text of a policy can have a condition on organizations. A name can also be elsewhere in the text. */
export function namesOrganizations(policyText: string): boolean {
  const text = policyText.toLowerCase();
  return organizationConditionKeys.some((name) => text.includes(name));
}

/**
 * Why well-formed paths cannot be an account's paths in the organization: they are of another one, or of organizational
 * units of another root. undefined: they can.
 */
export function faultOfPaths({ id, paths }: Organization): string | undefined {
  for (const path of paths) {
    const [organizationId, rootId = '', ...units] = path.slice(0, -1).split('/');
    if (organizationId !== id) return `The path ${path} is not in the organization ${id}.`;
    const prefix = `ou-${rootId.slice('r-'.length)}-`;
    const stranger = units.find((unit) => !unit.startsWith(prefix));
    if (stranger !== undefined)
      return `The organizational unit ${stranger} in ${path} is not under the root ${rootId}.`;
  }
  return undefined;
}
