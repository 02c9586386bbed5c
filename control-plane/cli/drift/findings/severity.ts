/** How bad a difference is, from what it does to the key. */
import type { AccessDifference } from './access.ts';
import type { Difference } from './compare.ts';

/** The worst first. */
export const severities = ['access gained', 'protection lost', 'data at risk', 'use lost', 'cosmetic'] as const;
export type Severity = (typeof severities)[number];

/** @param access of a policy: who gained or lost what; undefined when that is not known */
export function severityOf(difference: Difference, access: AccessDifference | undefined): Severity {
  const { attribute, what } = difference;
  // The next apply makes it, or destroys it; until then what the code does not declare any more still gives access.
  if (what === 'not applied') return 'cosmetic';
  if (what === 'not in code') return ['grant', 'policy'].includes(attribute) ? 'access gained' : 'cosmetic';
  if (attribute === 'policy') return severityOfPolicy(access);
  if (what === 'unknown to Terraform') return byUnknown[attribute] ?? 'access gained';
  return byAttribute[attribute]?.(difference) ?? 'cosmetic';
}

/** Who gained is unknown: the worst is assumed. */
function severityOfPolicy(access: AccessDifference | undefined): Severity {
  if (!access?.isComplete) return 'access gained';
  const has = (part: (change: AccessDifference['changes'][number]) => readonly string[]) =>
    access.changes.some((change) => part(change).length > 0);
  if (has(({ gained, mayGain }) => [...gained, ...mayGain])) return 'access gained';
  return has(({ lost, mayLose }) => [...lost, ...mayLose]) ? 'use lost' : 'cosmetic';
}

/** What is encrypted under a key that nobody declares is lost with it. */
const byUnknown: Readonly<Record<string, Severity>> = { alias: 'cosmetic', key: 'data at risk' };

const byAttribute: Readonly<Record<string, (difference: Difference) => Severity>> = {
  key: () => 'data at risk',
  grant: () => 'use lost',
  alias: () => 'use lost',
  // What is encrypted under the alias from now on is encrypted under another key.
  target_key_id: () => 'data at risk',
  primary_region: () => 'protection lost',
  primary_key_arn: () => 'protection lost',
  is_enabled: enabled,
  enabled,
  enable_key_rotation: ({ actual }) => (actual === false ? 'protection lost' : 'cosmetic'),
  rotation_period_in_days: ({ declared, actual }) =>
    Number(actual) > Number(declared) ? 'protection lost' : 'cosmetic',
  deletion_protection: ({ actual }) => (actual === false ? 'protection lost' : 'cosmetic'),
  valid_to: ({ declared, actual }) =>
    actual === undefined || Date.parse(String(actual)) > Date.parse(String(declared))
      ? 'protection lost'
      : 'data at risk',
};

function enabled({ actual }: Difference): Severity {
  return actual === true ? 'access gained' : 'use lost';
}
