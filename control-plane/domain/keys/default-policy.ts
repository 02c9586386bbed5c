/**
 * The key policy of a key that was created without one, in the exact text the service returns.
 * Source: KMS Developer Guide, "Default key policy"; spacing as in the service's published PutKeyPolicy records.
 */
import { rootArn } from '@keystead/provider-schema/arn.ts';

/** The one policy name a key has. */
export const DEFAULT_POLICY_NAME = 'default';

export function defaultKeyPolicy(accountId: string, region: string): string {
  return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : { "AWS" : "${rootArn(accountId, region)}" },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`;
}
