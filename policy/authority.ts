/**
 * The caller's part of a decision, beside the key policy and grants: its compiled policies, tags and session. It is
 * gathered once per change of the account's identities and passed to the decision with every request.
 * Source: IAM User Guide, "Policy evaluation logic", "Permissions boundaries for IAM entities", "Session policies".
 */
import type { Organization } from '@keystead/provider-schema/organization.ts';
import type { CompiledPolicy } from './policy.ts';

export interface Authority {
  /** Inline, attached and, for a user, its groups' policies. Root needs none. */
  readonly identityPolicies: readonly CompiledPolicy[];
  /** Upper bound of the caller's permissions; absent: no boundary is set. */
  readonly permissionsBoundary?: CompiledPolicy;
  /** Together an upper bound of the permissions; absent: the session was issued without any, or there is no session. */
  readonly sessionPolicies?: readonly CompiledPolicy[];
  /** aws:PrincipalOrgID, aws:PrincipalOrgPaths: of the principal's account; absent: the account has none. */
  readonly organization?: Organization;
  /** aws:PrincipalTag: the principal's tags, overlaid by those of its session. */
  readonly principalTags: Readonly<Record<string, string>>;
  readonly session?: SessionFacts;
  /** The service through which the request came, `s3.eu-central-1.amazonaws.com`: kms:ViaService. */
  readonly viaService?: string;
  /** For a service's own call: the resource on whose behalf the service makes it, as the service states. */
  readonly source?: SourceFacts;
}

/** aws:SourceArn and aws:SourceAccount. */
export interface SourceFacts {
  readonly arn?: string;
  readonly accountId?: string;
}

/** Facts of temporary credentials, for the global condition keys and the audit. */
export interface SessionFacts {
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Long-term access key that opened the first session of the chain; absent: a web identity opened it. */
  readonly openedBy?: string;
  /** Tags that the sessions opened by this one inherit. */
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
