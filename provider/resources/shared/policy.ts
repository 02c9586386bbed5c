/** Key policy documents as text. Their meaning is compared in provider-schema/policy-meaning.ts. */
import { namesOrganizations } from '@keystead/provider-schema/organization.ts';
import type { Client } from '../../client/client.ts';
import type { Diagnostic } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { unlessRefused } from './failures.ts';
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

/** Warnings about the policy that the plan puts: of the lockout check, and of statements that cannot do what they say. */
export async function policyWarnings(
  client: Client | undefined,
  prior: ObjectValue | null,
  planned: ObjectValue,
): Promise<readonly Diagnostic[]> {
  return [...lockoutWarnings(prior, planned), ...(await findingWarnings(client, prior, planned))];
}

/** The control plane knows the organizations; it is asked only about a policy that can depend on them. */
async function findingWarnings(
  client: Client | undefined,
  prior: ObjectValue | null,
  planned: ObjectValue,
): Promise<readonly Diagnostic[]> {
  const policy = textOf(planned, 'policy');
  const region = textOf(planned, 'region');
  if (client === undefined || region === undefined || policy === undefined) return [];
  if (policy === (prior?.policy ?? null) || !namesOrganizations(policy)) return [];
  const answer = await unlessRefused(() => client.call('ValidateKeyPolicy', { Policy: policy }, region));
  if (answer === undefined || answer.Findings.length === 0) return [];
  return [
    {
      severity: 'warning',
      summary: 'The key policy has conditions on organizations that cannot do what they say',
      detail: [
        ...answer.Findings.map(({ Message }) => Message),
        "The root user of the control plane's first account sets the organization of an account with " +
          '`keystead identity set-organization`.',
      ].join('\n'),
      path: ['policy'],
    },
  ];
}

/** With the check switched off, a key can get a policy that nobody can ever change again. */
function lockoutWarnings(prior: ObjectValue | null, planned: ObjectValue): readonly Diagnostic[] {
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
