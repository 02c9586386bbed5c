/** `aws_iam_group_policy_attachment`: a managed policy of a group, beside others. */
import { id } from '../attributes.ts';
import { identityRecord, ownerName, policyArn } from '../identity-attributes.ts';

export const awsIamGroupPolicyAttachment = identityRecord({
  type: 'aws_iam_group_policy_attachment',
  description: 'A managed policy of a group.',
  attributes: {
    group: ownerName('Name of the group.'),
    id: id('Name of the group and a generated text.'),
    policy_arn: policyArn,
  },
  importId: 'name of the group, a slash, and the ARN of the policy',
});
