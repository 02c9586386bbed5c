/**
 * What a caller brings to a decision beside the key's own policy and grants: compiled, gathered once per change of the
 * account's identities, handed to the decision with every request.
 * Source: IAM User Guide, "Policy evaluation logic", "Permissions boundaries for IAM entities", "Session policies".
 */
import type { CompiledPolicy } from './policy.ts';

export interface Authority {
  /** Inline, attached and, for a user, its groups' policies. Root needs none. */
  readonly identityPolicies: readonly CompiledPolicy[];
  /** At most what this policy allows; absent: no boundary is set. */
  readonly permissionsBoundary?: CompiledPolicy;
  /** At most what these allow together; absent: the session was issued without any, or there is no session. */
  readonly sessionPolicies?: readonly CompiledPolicy[];
  /** aws:PrincipalTag: the principal's tags, overlaid by those of its session. */
  readonly principalTags: Readonly<Record<string, string>>;
  readonly session?: SessionFacts;
  /** The service through which the request came, `s3.eu-central-1.amazonaws.com`: kms:ViaService. */
  readonly viaService?: string;
  /** A service's own call: the resource on whose behalf it is made, as the service says. */
  readonly source?: SourceFacts;
}

/** aws:SourceArn and aws:SourceAccount. */
export interface SourceFacts {
  readonly arn?: string;
  readonly accountId?: string;
}

/** What temporary credentials say of themselves, for the global condition keys and the audit. */
export interface SessionFacts {
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Long-term access key to which the session goes back; absent: it goes back to a web identity. */
  readonly openedBy?: string;
  /** Tags that go on to the sessions that this one opens. */
  readonly transitiveTags?: Readonly<Record<string, string>>;
  /** aws:SourceIdentity */
  readonly sourceIdentity?: string;
  /** aws:FederatedProvider: ARN of the OIDC provider whose token opened the session. */
  readonly federatedProvider?: string;
  /** Subject, audience and further claims as condition keys, `token.example.com:sub`. */
  readonly federatedClaims?: Readonly<Record<string, string | readonly string[]>>;
}

/** The authority of a principal that has no policies of its own: root, and Keystead itself. */
export const noPolicies: Authority = { identityPolicies: [], principalTags: {} };
