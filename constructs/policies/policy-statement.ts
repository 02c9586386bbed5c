/**
 * A statement of an identity policy.
 * Source: IAM user guide, "IAM JSON policy elements reference".
 */
import type { Conditions } from './condition.ts';

export interface PolicyStatement {
  /**
   * Statement id: letters and digits. A statement with an id is never merged with another.
   * @default - none
   * @example 'Shop'
   */
  readonly sid?: string | undefined;
  /**
   * Whether the statement allows or denies.
   * @default 'Allow'
   * @example 'Deny'
   */
  readonly effect?: 'Allow' | 'Deny' | undefined;
  /**
   * Names or patterns, for example `kms:Decrypt`, `kms:GenerateDataKey*`, `iam:GetUser`. Those of AWS KMS must exist.
   * @default - none; then `notActions` is needed
   * @example ['kms:Decrypt']
   */
  readonly actions?: string[] | undefined;
  /**
   * All actions but these. In an Allow this is nearly everything: prefer `actions`.
   * @default - none
   * @example ['kms:Describe*']
   */
  readonly notActions?: string[] | undefined;
  /**
   * ARNs or patterns of ARNs, or `*`. A bare key id matches nothing.
   * @default - none; then `notResources` is needed
   * @example ['arn:aws:kms:eu-west-1:111122223333:key/*']
   */
  readonly resources?: string[] | undefined;
  /**
   * All resources but these.
   * @default - none
   * @example ['arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab']
   */
  readonly notResources?: string[] | undefined;
  /**
   * All of them must hold.
   * @default - none
   * @example { Bool: { 'aws:SecureTransport': 'true' } }
   */
  readonly conditions?: Conditions | undefined;
}
