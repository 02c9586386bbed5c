/** What the `grant…` methods of a key take and return. */
import type { IConstruct } from 'constructs';
import type { KmsAction } from '../policies/actions.ts';
import type { Conditions } from '../policies/condition.ts';
import type { IPrincipal } from '../policies/principal-interface.ts';

/**
 * How access is given: by a statement of the key policy, by a statement of the principal's own policies, or by a grant
 * on the key.
 */
export type KeyAccessMeans = 'KEY_POLICY' | 'IDENTITY_POLICY' | 'KMS_GRANT';

export interface KeyAccessOptions {
  /**
   * - `KEY_POLICY`: the key policy names the principal. For keys that this program declares.
   * - `IDENTITY_POLICY`: the principal's inline policy names the key. For principals that this program declares; the
   *   key policy must let the account's identity policies control the key.
   * - `KMS_GRANT`: a `Grant` on the key. It needs no policy, and the key policy stays short. For a service it needs the
   *   `sourceArn` of the `ServicePrincipal`.
   * @default - 'KEY_POLICY' for keys that this program declares, 'IDENTITY_POLICY' for others
   * @example 'KMS_GRANT'
   */
  readonly means?: KeyAccessMeans | undefined;
  /**
   * Conditions of the statement. A grant has none: use `encryptionContextSubset` there.
   * @default - none
   * @example { StringEquals: { 'kms:EncryptionContext:Department': 'finance' } }
   */
  readonly conditions?: Conditions | undefined;
  /**
   * `KMS_GRANT` only: holds for requests with exactly this encryption context.
   * @default - any encryption context
   * @example { Department: 'finance' }
   */
  readonly encryptionContextEquals?: Record<string, string> | undefined;
  /**
   * `KMS_GRANT` only: holds for requests whose encryption context contains these pairs.
   * @default - any encryption context
   * @example { Department: 'finance' }
   */
  readonly encryptionContextSubset?: Record<string, string> | undefined;
  /**
   * `KMS_GRANT` only: who can retire the grant: a principal, its ARN or a service.
   * @default - nobody but those who can revoke it. A grant to a service needs one
   * @example 'arn:aws:iam::111122223333:role/operations'
   */
  readonly retiringPrincipal?: IPrincipal | string | undefined;
  /**
   * `KMS_GRANT` only: id of the `Grant` construct below the key. Its Terraform address follows from it.
   * @default - made of the actions and the principal; needed where only Terraform knows the principal's ARN
   * @example 'Grant-shop'
   */
  readonly grantId?: string | undefined;
}

export interface TrustAccountOptions {
  /**
   * What the account's identity policies can allow.
   * @default - all that the key's usage allows
   * @example ['kms:Decrypt', 'kms:DescribeKey']
   */
  readonly actions?: KmsAction[] | undefined;
  /**
   * Conditions of the statement.
   * @default - none
   * @example { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }
   */
  readonly conditions?: Conditions | undefined;
}

/** A grant on a key. */
export interface IGrant extends IConstruct {
  /** Id of the grant. */
  readonly grantId: string;
  /** Makes the grant usable at once, before it is known everywhere. Sensitive. */
  readonly grantToken: string;
}

/** What a `grant…` method made. */
export interface KeyAccess {
  /** How access was given. */
  readonly means: KeyAccessMeans;
  /**
   * The statement, in the form of a policy document, before it is merged with others.
   * @default - none: access was given by a grant
   */
  readonly statement?: Record<string, unknown> | undefined;
  /**
   * The construct whose policy holds the statement: the key, or the policy of the principal.
   * @default - none: access was given by a grant
   */
  readonly policy?: IConstruct | undefined;
  /** @default - none: access was given by a policy */
  readonly grant?: IGrant | undefined;
  /**
   * What the administrators of the other account still have to do, for a principal of another account than the key's.
   * It is also printed at synth.
   * @default - nothing
   */
  readonly otherSide?: string | undefined;
}
