/** What a plan says of a key policy: whom it would lock out, and who would lose access that they used lately. */
import type { Client } from '../../client/client.ts';
import type { PlannedChange } from '../../client/reviews.ts';
import type { Diagnostic } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { findingOf, namesOf, type Reviewed, refusal, reviewChange, useLines } from './plan-review.ts';
import { normalPolicy } from './policy.ts';
import { textOf } from './values.ts';

const path = ['policy'];

/** @param keyId absent: the key is new */
export function plannedPolicyReview(
  client: Client | undefined,
  planned: ObjectValue,
  keyId?: string,
): Promise<readonly Diagnostic[]> {
  const [policy, region] = [textOf(planned, 'policy'), textOf(planned, 'region')];
  if (policy === undefined || region === undefined) return Promise.resolve([]);
  const Policy = normalPolicy(policy);
  const change: PlannedChange =
    keyId === undefined ? { Operation: 'CreateKey', Policy } : { Operation: 'PutKeyPolicy', KeyId: keyId, Policy };
  return reviewOf(client, change, region, planned.bypass_policy_lockout_safety_check === true);
}

/** The default policy takes the place of the present one. */
export function defaultPolicyReview(
  client: Client | undefined,
  keyId: string,
  region: string,
): Promise<readonly Diagnostic[]> {
  return reviewOf(client, { Operation: 'PutKeyPolicy', KeyId: keyId }, region, false);
}

async function reviewOf(
  client: Client | undefined,
  change: PlannedChange,
  region: string,
  bypasses: boolean,
): Promise<readonly Diagnostic[]> {
  const reviewed = await reviewChange(client, change, region, path);
  if (reviewed === undefined) return [];
  const about = change.KeyId === undefined ? 'the new key' : `KMS Key (${change.KeyId})`;
  const texts = [
    lockout(reviewed, about, bypasses),
    administrators(reviewed, about),
    lostAccess(reviewed, about, change.Policy === undefined),
    refused(reviewed, about),
  ];
  return [
    ...reviewed.gaps,
    ...texts.flatMap((text) =>
      text === undefined ? [] : [{ severity: reviewed.severity, ...ended(reviewed, text), path }],
    ),
  ];
}

interface Text {
  readonly summary: string;
  readonly detail: string;
}

const ended = ({ severity }: Reviewed, { summary, detail }: Text): Text => ({
  summary,
  detail: severity === 'error' ? `${detail}\n\n${refusal}` : detail,
});

function lockout(reviewed: Reviewed, about: string, bypasses: boolean): Text | undefined {
  const add = 'Add a statement that allows kms:PutKeyPolicy to a principal that you control.';
  if (findingOf(reviewed, 'EveryoneLockedOut') !== undefined) {
    return {
      summary: `The policy of ${about} lets nobody change it again`,
      detail: `With this policy no principal of the account is allowed kms:PutKeyPolicy on ${about}. ${add}`,
    };
  }
  if (findingOf(reviewed, 'CallerLockedOut') === undefined) return undefined;
  return {
    summary: `The policy of ${about} locks out the principal that Terraform runs as`,
    detail:
      `With this policy that principal cannot be sure to be allowed kms:PutKeyPolicy on ${about}, so Terraform could ` +
      `not change it again. ${
        bypasses
          ? 'bypass_policy_lockout_safety_check = true lets the policy through.'
          : 'The apply will be refused by the lockout check of the control plane.'
      } ${add}`,
  };
}

function administrators(reviewed: Reviewed, about: string): Text | undefined {
  const finding = findingOf(reviewed, 'AdministratorsLockedOut');
  if (finding === undefined) return undefined;
  return {
    summary: `The policy of ${about} locks out administrators`,
    detail:
      `These are allowed kms:PutKeyPolicy on ${about} now, and not by this policy (${finding.Total}): ` +
      `${namesOf(finding)}. Keep their statement if they administer the key. The ARN that ends in :root stands for the ` +
      'account: its root user, and everyone whom identity policies allow.',
  };
}

function lostAccess(reviewed: Reviewed, about: string, isDefault: boolean): Text | undefined {
  const finding = findingOf(reviewed, 'AccessLost');
  if (finding === undefined) return undefined;
  const policy = isDefault ? 'The default policy, which takes the place of this one,' : 'This policy';
  return {
    summary: `The policy of ${about} takes access from principals that used it lately`,
    detail: [
      `${policy} denies what they did with ${about} in the last ${reviewed.recentUseInDays} days:`,
      ...useLines(finding),
      'The last request of each for each operation was decided again, with grants and identity policies. If they still ' +
        'need the key, allow them these operations in the policy.',
    ].join('\n'),
  };
}

function refused(reviewed: Reviewed, about: string): Text | undefined {
  const finding = findingOf(reviewed, 'PolicyRefused');
  if (finding === undefined) return undefined;
  return {
    summary: `The control plane will refuse the policy of ${about}`,
    detail: `${finding.Message || 'It is not a key policy.'} Correct the document.`,
  };
}
