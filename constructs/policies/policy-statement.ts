/**
 * A statement of an identity policy.
 * Source: IAM user guide, "IAM JSON policy elements reference".
 */
import type { Conditions } from './condition.ts';

export interface PolicyStatement {
  /**
   * Statement id: letters and digits. A statement with an id is never merged with another.
   * @default - none
   */
  readonly sid?: string | undefined;
  /** @default 'Allow' */
  readonly effect?: 'Allow' | 'Deny' | undefined;
  /**
   * Names or patterns, for example `kms:Decrypt`, `kms:GenerateDataKey*`, `iam:GetUser`. Those of AWS KMS must exist.
   * @default - none; then `notActions` is needed
   */
  readonly actions?: string[] | undefined;
  /**
   * All actions but these. In an Allow this is nearly everything: prefer `actions`.
   * @default - none
   */
  readonly notActions?: string[] | undefined;
  /**
   * ARNs or patterns of ARNs, or `*`. A bare key id matches nothing.
   * @default - none; then `notResources` is needed
   */
  readonly resources?: string[] | undefined;
  /**
   * All resources but these.
   * @default - none
   */
  readonly notResources?: string[] | undefined;
  /**
   * All of them must hold.
   * @default - none
   */
  readonly conditions?: Conditions | undefined;
}
