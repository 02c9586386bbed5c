/**
 * The shapes of the contract's records. The records themselves are in operations/, resources/ and data-sources/;
 * everything else in the house reads them and none of it is repeated elsewhere.
 */
import type { ErrorCode } from './errors.ts';
import type { KeySpec, KeyUsage, StateRules } from './vocabulary.ts';

/** Names one resource an operation touches, how its identifier may be written, and which action it takes. */
export type Target =
  | {
      readonly kind: 'key';
      /** Input member that names the key. */
      readonly member: string;
      /** When `member` is absent (or to check against), the key is named by this ciphertext member's header. */
      readonly ciphertextMember?: string;
      readonly accepts: 'key' | 'key-or-alias';
      readonly crossAccount: boolean;
      readonly action: string;
      readonly states: StateRules;
      /** Key usages that permit the operation; absent: any. */
      readonly usages?: readonly KeyUsage[];
      /** Key specs that permit the operation, others get InvalidKeyUsageException; absent: any of the usage. */
      readonly keySpecs?: readonly KeySpec[];
      /** The member may be absent and then no key is touched (ListAliases' filter). */
      readonly optional?: true;
      /** The key must be found but needs no permission of its own; an account target carries it. */
      readonly resolveOnly?: true;
    }
  | {
      readonly kind: 'alias';
      readonly member: string;
      readonly action: string;
      /** `true`: must exist, and its target key is authorized with the same action too; `false`: about to be made. */
      readonly exists: boolean;
    }
  /** IAM-only: authorized on `*` in the caller's account. */
  | {
      readonly kind: 'account';
      readonly action: string;
      /** Needed only when this input member is present (Tags of CreateKey). */
      readonly when?: string;
      /** Input member that names the Region to authorize in; absent: the request's. */
      readonly region?: string;
    }
  /** IAM-only: authorized on one of the account's identities, named by its ARN with its path. */
  | {
      readonly kind: 'identity';
      readonly action: string;
      /** `access-key`: the user whose it is. */
      readonly entity: 'user' | 'group' | 'role' | 'policy' | 'oidc-provider' | 'access-key';
      /** Input member with the name, the ARN, or for a new provider the URL. */
      readonly member: string;
      /** About to be made: its ARN follows from the input. */
      readonly isNew?: true;
      /** Without the member the caller itself is meant. */
      readonly orCaller?: true;
      /** Needed only when this input member is present (Tags of CreateUser). */
      readonly when?: string;
    }
  /** RetireGrant: found by token or by key and grant id; decided by the grant itself. */
  | { readonly kind: 'grant'; readonly action: string };

export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v1/keys/{KeyId}`: a name in braces is an input member. GET and DELETE take the other members as query parameters. */
  readonly path: string;
  readonly successStatus: 200 | 201 | 204;
}

/**
 * The AWS service whose API an operation belongs to, and so the AWS door that serves it: AWS JSON 1.1 for `kms` and
 * `cloudtrail`, Query for `iam` and `sts`. `keystead` is our own: REST only. REST serves every operation.
 */
export type Service = 'kms' | 'iam' | 'sts' | 'cloudtrail' | 'keystead';

export interface OperationRecord {
  readonly name: string;
  /** One sentence for help, OpenAPI and docs. */
  readonly summary: string;
  /** `planned` operations are recognised, validated and refused honestly. */
  readonly status: 'implemented' | 'planned';
  readonly service: Service;
  /** Needs no signature: a token in its input proves who asks. */
  readonly unsigned?: true;
  readonly input: string; // shape name in shapes/
  readonly output: string | null;
  readonly targets: readonly Target[];
  /** The grant operation that can allow it, when one can. ReEncrypt's are on its two targets' actions. */
  readonly grantable: boolean;
  readonly effect: 'read' | 'write';
  readonly accessLevel: 'List' | 'Read' | 'Write' | 'Permissions management' | 'Tagging';
  /** Codes it can raise beyond the common ones. */
  readonly errors: readonly ErrorCode[];
  readonly rest: RestRoute;
}
