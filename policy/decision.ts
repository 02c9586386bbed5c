/**
 * Texts of a decision: the whole reason for the audit and for operators, only AWS's text for the caller.
 * Source: IAM User Guide, "Access denied error messages"; KMS's own texts for other accounts' keys and for ciphertexts.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type DenialReason, messages } from '@keystead/provider-schema/messages.ts';
import type { Grant } from './grants.ts';
import type { Principal } from './principal.ts';

export type PolicyKind = 'key policy' | 'trust policy' | 'identity policy' | 'permissions boundary' | 'session policy';

/** The statement that decided. */
export interface Finding {
  readonly policy: PolicyKind;
  /** ARN of a managed policy, or the owner of an inline policy; absent for the one policy of a key. */
  readonly name?: string;
  readonly statement: string;
}

export type Denial =
  | { readonly kind: 'explicit-deny'; readonly by: Finding }
  | {
      readonly kind: 'no-allow';
      /** The policy that should have allowed. */
      readonly lacking: PolicyKind;
      /** The key policy's statement that leaves the decision to identity policies. */
      readonly delegatedBy?: string;
      readonly because?: string;
      /** The policies and grants cost too much to evaluate: it is unknown whether one allows. */
      readonly tooCostly?: true;
    };

export type Decision =
  | {
      readonly allowed: true;
      readonly by: Finding | { readonly policy: 'grant'; readonly grant: Grant };
      /** The key policy's statement that left the decision to the identity policy. */
      readonly delegatedBy?: string;
      /** Across accounts: the identity policy that allows beside the key policy. */
      readonly alsoBy?: Finding;
    }
  | {
      readonly allowed: false;
      readonly denial: Denial;
      /** AWS's text for the caller. */
      readonly message: string;
    };

interface DecidedRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource?: { readonly arn: string; readonly accountId: string };
  readonly namedByCiphertext?: true;
}

/**
 * Keys of other accounts, and keys named only by a ciphertext, have one text for every cause: it does not show whether
 * the key exists.
 */
export function deny({ principal, action, resource, namedByCiphertext }: DecidedRequest, denial: Denial): Decision {
  const message = namedByCiphertext
    ? messages.accessDeniedCiphertext(principal.arn, action)
    : resource && resource.accountId !== principal.accountId
      ? messages.accessDeniedForeign(principal.arn, action)
      : messages.accessDenied(principal.arn, action, resource?.arn, reasonFor(denial));
  return { allowed: false, denial, message };
}

const policyTypes: Readonly<Record<PolicyKind, Exclude<DenialReason, { kind: 'too-costly' }>['policyType']>> = {
  'key policy': 'resource-based policy',
  'trust policy': 'resource-based policy',
  'identity policy': 'identity-based policy',
  'permissions boundary': 'permissions boundary',
  'session policy': 'session policy',
};

const reasonFor = (denial: Denial): DenialReason =>
  denial.kind === 'explicit-deny'
    ? { kind: 'explicit-deny', policyType: policyTypes[denial.by.policy] }
    : denial.tooCostly
      ? { kind: 'too-costly' }
      : { kind: 'no-allow', policyType: policyTypes[denial.lacking] };

/** The reason in one sentence, for the audit and for operators. */
export function reasonOf(decision: Decision): string {
  if (!decision.allowed) return denialText(decision.denial);
  const { by, delegatedBy, alsoBy } = decision;
  if (by.policy === 'grant') return `grant ${by.grant.grantId} allows`;
  const further = alsoBy ? `, and so does ${findingText(alsoBy)}` : '';
  const left = delegatedBy === undefined ? '' : `, as key policy statement "${delegatedBy}" leaves it to`;
  return `${findingText(by)} allows${further}${left}`;
}

function denialText(denial: Denial): string {
  if (denial.kind === 'explicit-deny') return `${findingText(denial.by)} denies explicitly`;
  if (denial.because !== undefined) return denial.because;
  if (denial.delegatedBy !== undefined) {
    return `key policy statement "${denial.delegatedBy}" leaves it to identity policies, none of which allows`;
  }
  return denial.lacking === 'key policy' ? 'no key policy statement or grant allows' : `no ${denial.lacking} allows`;
}

const findingText = ({ policy, name, statement }: Finding) =>
  `${policy}${name === undefined ? '' : ` ${name}`} statement "${statement}"`;

/** A decision as the audit keeps it. */
export interface DecisionNote {
  readonly action: string;
  readonly resource?: string;
  readonly decision: 'Allow' | 'Deny';
  /** The kind of policy that decided, or that did not allow; or `grant`. */
  readonly policy: PolicyKind | 'grant';
  readonly policyName?: string;
  readonly statement?: string;
  readonly grantId?: string;
  /** Key policy statement that leaves the decision to identity policies. */
  readonly delegatedBy?: string;
  /** Of a denial, in a sentence; for an Allow the members above are enough. */
  readonly reason?: string;
}

export function noteOf({ action, resource }: DecidedRequest, decision: Decision): DecisionNote {
  const delegatedBy = decision.allowed
    ? decision.delegatedBy
    : decision.denial.kind === 'no-allow'
      ? decision.denial.delegatedBy
      : undefined;
  return {
    action,
    ...defined({ resource: resource?.arn }),
    decision: decision.allowed ? 'Allow' : 'Deny',
    ...(decision.allowed ? sourceOf(decision.by) : sourceOfDenial(decision.denial)),
    ...defined({ delegatedBy, reason: decision.allowed ? undefined : reasonOf(decision) }),
  };
}

type Source = Pick<DecisionNote, 'policy' | 'policyName' | 'statement' | 'grantId'>;

function sourceOf(by: Extract<Decision, { allowed: true }>['by']): Source {
  if (by.policy === 'grant') return { policy: 'grant', grantId: by.grant.grantId };
  return { policy: by.policy, ...defined({ policyName: by.name }), statement: by.statement };
}

const sourceOfDenial = (denial: Denial): Source =>
  denial.kind === 'explicit-deny' ? sourceOf(denial.by) : { policy: denial.lacking };
