/**
 * Principals as key policies name them, written as plain text: an ARN, a 12-digit account id, a service such as
 * `logs.amazonaws.com`, or `*`. Source: IAM user guide, "AWS JSON policy elements: Principal".
 */
import { accountIdPattern, isAccountId } from '@keystead/provider-schema/arn.ts';
import { Token } from '../cdk.ts';

export type PrincipalKind = 'AWS' | 'Service';

export interface Principal {
  readonly kind: PrincipalKind;
  readonly value: string;
}

const principalArn = new RegExp(
  `^arn:aws(-[a-z]+)*:(iam|sts)::${accountIdPattern}:(root|(user|role|assumed-role|federated-user)/.+)$`,
);
const serviceName = /^([a-z0-9-]+\.){1,4}amazon(aws)?\.com(\.cn)?$/;

/**
 * References to other resources are taken as ARNs: their text is known only to Terraform.
 * @throws Error that says what a principal can look like.
 */
export function parsePrincipal(text: string): Principal {
  if (Token.isUnresolved(text) || text === '*' || principalArn.test(text)) return { kind: 'AWS', value: text };
  if (isAccountId(text)) return { kind: 'AWS', value: `arn:aws:iam::${text}:root` };
  if (serviceName.test(text)) return { kind: 'Service', value: text };
  throw new Error(
    `"${text}" is not a principal that a key policy can name: write the ARN of a user, role, session or account root, ` +
      'a 12-digit account id, or a service such as logs.amazonaws.com. Groups are not principals.',
  );
}
