/**
 * How many resources a plan changes, for the merge request of GitLab (`artifacts:reports:terraform`).
 * Source: GitLab, "View OpenTofu plan output in merge requests": a JSON object with create, update and delete.
 */
import { actionOf, type PlanJson } from './plan-json.ts';

/** A replacement counts as a creation and a deletion, as in Terraform's own summary. */
export function terraformReport({ resource_changes: changes = [] }: PlanJson): string {
  const actions = changes.map(actionOf);
  const count = (...counted: readonly string[]) => actions.filter((one) => counted.includes(one ?? '')).length;
  const counts = { create: count('create', 'replace'), update: count('update'), delete: count('delete', 'replace') };
  return `${JSON.stringify(counts)}\n`;
}
