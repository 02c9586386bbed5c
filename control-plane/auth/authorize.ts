/** The decision to allow: a pure function of the request, the policies and the grants. */
import type { CompiledPolicy } from './policy.ts';
import type { Grant } from './grants.ts';
import type { Principal } from './principal.ts';

/** Condition keys of a request, names in lower case; absent keys are absent. */
export type ConditionValues = Readonly<Record<string, string | readonly string[]>>;

export interface AuthorizationRequest {
  readonly principal: Principal;
  /** `kms:Encrypt` */
  readonly action: string;
  /** ARN and owner of the key or alias; undefined: `*`, an IAM-only action. */
  readonly resource?: { readonly arn: string; readonly accountId: string };
  /** `key`: the key policy decides first; `alias`/undefined: IAM only. */
  readonly resourceKind?: 'key' | 'alias';
  readonly conditions: ConditionValues;
  readonly keyPolicy?: CompiledPolicy;
  /** The caller's identity policies. Until IAM policies exist: none for users, the full-access one for root. */
  readonly identityPolicies: readonly CompiledPolicy[];
  /** Grants on this key to this caller. */
  readonly grants: readonly Grant[];
  /** The grant operation this action answers to, when a grant can allow it. */
  readonly grantOperation?: string;
  /** Encryption context of this side of the request, for grant constraints. */
  readonly encryptionContext?: Readonly<Record<string, string>>;
  /** The operation works across accounts at all. */
  readonly crossAccount: boolean;
}

export type Decision =
  | {
      readonly allowed: true;
      readonly by:
        | { readonly kind: 'key-policy' | 'identity-policy'; readonly statement: string }
        | { readonly kind: 'grant'; readonly grant: Grant };
    }
  | { readonly allowed: false; readonly reason: string /** AWS's text for the caller. */; readonly message: string };
