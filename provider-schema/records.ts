/**
 * The types of the contract's records. The records are in operations/, resources/ and data-sources/; all other code
 * reads them and does not repeat their facts.
 */
import type { ErrorCode } from './errors.ts';
import type { KeySpec, KeyUsage, StateRules } from './vocabulary.ts';

/** Names one resource that an operation uses, the forms of its identifier, and the action that needs permission. */
export type Target =
  | {
      readonly kind: 'key';
      /** Input member that names the key. */
      readonly member: string;
      /** Ciphertext member whose header names the key when `member` is absent, and is checked against it otherwise. */
      readonly ciphertextMember?: string;
      readonly accepts: 'key' | 'key-or-alias';
      readonly crossAccount: boolean;
      readonly action: string;
      readonly states: StateRules;
      /** Key usages that permit the operation; absent: any. */
      readonly usages?: readonly KeyUsage[];
      /**
       * Key specs that permit the operation; others answer InvalidKeyUsageException. Absent: every spec of the usage.
       */
      readonly keySpecs?: readonly KeySpec[];
      /** The member can be absent; then no key is touched (the filter of ListAliases). */
      readonly optional?: true;
      /** The key becomes the target of an alias: an alias that exists in its place is refused with its own text. */
      readonly ofAlias?: true;
      /** The key must exist, but an account target has the permission. */
      readonly resolveOnly?: true;
    }
  | {
      readonly kind: 'alias';
      readonly member: string;
      readonly action: string;
      /**
       * `true`: the alias must exist, and the action is authorized on its key too; `false`: the operation creates it.
       */
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
      /** Input member in which a service names itself: no policy is needed then, because it asks about itself. */
      readonly ofService?: string;
    }
  /** IAM-only: authorized on one of the account's identities, named by its ARN with its path. */
  | {
      readonly kind: 'identity';
      readonly action: string;
      /**
       * `access-key`: the user who owns it; `service-linked-role`: a new role, by its service; `deletion-task`: the
       * service-linked role that the task deletes.
       */
      readonly entity:
        | 'user'
        | 'group'
        | 'role'
        | 'policy'
        | 'oidc-provider'
        | 'access-key'
        | 'service-linked-role'
        | 'deletion-task';
      /** Input member with the name, the ARN, the URL of a new provider, or the id of a task. */
      readonly member: string;
      /** The operation creates it: its ARN follows from the input. */
      readonly isNew?: true;
      /** When the member is absent, the caller itself. */
      readonly orCaller?: true;
      /** Needed only when this input member is present (Tags of CreateUser). */
      readonly when?: string;
    }
  /** IAM-only: authorized on the drift reports of one stack of the caller's account, named by their ARN. */
  | {
      readonly kind: 'drift-reports';
      readonly action: string /** Input member with the stack's name. */;
      readonly member: string;
    }
  /**
   * RetireGrant: the grant is found by its token, or by key and grant id, and the grant itself decides who can retire
   * it.
   */
  | { readonly kind: 'grant'; readonly action: string };

export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * `/v1/keys/{KeyId}`: a name in braces is an input member. GET and DELETE take the other members as query parameters.
   */
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
  /** `planned`: the input is validated, then the answer is that the operation is not implemented. */
  readonly status: 'implemented' | 'planned';
  readonly service: Service;
  /** Does not need a signature: a token in the input authenticates the caller. */
  readonly unsigned?: true;
  readonly input: string; // shape name in shapes/
  readonly output: string | null;
  readonly targets: readonly Target[];
  /** Whether a grant can allow it. The grant operations of ReEncrypt are the actions of its two targets. */
  readonly grantable: boolean;
  readonly effect: 'read' | 'write';
  readonly accessLevel: 'List' | 'Read' | 'Write' | 'Permissions management' | 'Tagging';
  /** Error codes of this operation, beyond the common ones. */
  readonly errors: readonly ErrorCode[];
  readonly rest: RestRoute;
}
