/** Key policy documents as text. Their meaning is compared in provider-schema/policy-meaning.ts. */
import type { Diagnostic } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { textOf } from './values.ts';

/**
 * Compact, keys sorted, `<`, `>` and `&` escaped: the form in which states hold the policies that nobody configured.
 * Text that is not JSON stays as it is, for the service to refuse.
 */
export function normalPolicy(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text))).replace(
      /[<>&]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** The policy that AWS KMS gives a key when CreateKey names none. */
export function defaultPolicy(partition: string, accountId: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'default',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
}

/** With the check switched off, a key can get a policy that nobody can ever change again. */
export function lockoutWarnings(prior: ObjectValue | null, planned: ObjectValue): readonly Diagnostic[] {
  const changes = planned.policy !== (prior?.policy ?? null) && (prior === null || planned.policy !== null);
  const isPut = textOf(planned, 'policy') !== undefined || typeof planned.policy === 'symbol';
  if (planned.bypass_policy_lockout_safety_check !== true || !changes || !isPut) return [];
  return [
    {
      severity: 'warning',
      summary: 'The policy lockout check is switched off',
      detail:
        'With bypass_policy_lockout_safety_check = true the control plane accepts a policy that nobody can change ' +
        'again. Make sure that one of its statements allows kms:PutKeyPolicy to a principal you control.',
      path: ['bypass_policy_lockout_safety_check'],
    },
  ];
}
