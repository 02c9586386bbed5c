/** `aws_iam_role_policy_attachment`: a managed policy of a role, beside others. */
import { id } from '../attributes.ts';
import { identityRecord, ownerName, policyArn } from '../identity-attributes.ts';

export const awsIamRolePolicyAttachment = identityRecord({
  type: 'aws_iam_role_policy_attachment',
  description: 'A managed policy of a role.',
  attributes: {
    id: id('Name of the role and a generated text.'),
    policy_arn: policyArn,
    role: ownerName('Name of the role.'),
  },
  importId: 'name of the role, a slash, and the ARN of the policy',
});
