/** Types of names of condition keys, which are plain text in other languages. */
import type { ArnConditionKey, BoolConditionKey, StringConditionKey } from '../generated/condition-keys.ts';

/** Claims of identity tokens (`token.example.com:aud`), and keys of other services. */
export type OtherConditionKey =
  | `${string}.${string}:${string}`
  | `${'iam' | 'sts' | 'saml' | 's3' | 'ec2' | 'lambda' | 'ssm' | 'glue' | 'secretsmanager'}:${string}`;

/** Keys that operators on text compare. */
export type TextConditionKey = StringConditionKey | ArnConditionKey | BoolConditionKey;

/** Keys whose values are ARNs, also where AWS calls them strings. */
export type ArnValuedConditionKey = ArnConditionKey | 'kms:GranteePrincipal' | 'kms:RetiringPrincipal';
