/** `aws_iam_user_policy_attachment`: a managed policy of a user, beside others. */
import { id } from '../attributes.ts';
import { identityRecord, ownerName, policyArn } from '../identity-attributes.ts';

export const awsIamUserPolicyAttachment = identityRecord({
  type: 'aws_iam_user_policy_attachment',
  description: 'A managed policy of a user.',
  attributes: {
    id: id('Name of the user and a generated text.'),
    policy_arn: policyArn,
    user: ownerName('Name of the user.'),
  },
  importId: 'name of the user, a slash, and the ARN of the policy',
});
