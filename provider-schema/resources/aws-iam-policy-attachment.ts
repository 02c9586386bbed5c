/** `aws_iam_policy_attachment`: all users, groups and roles that have a managed policy; others lose it. */
import { id } from '../attributes.ts';
import { identityRecord, names, policyArn } from '../identity-attributes.ts';

export const awsIamPolicyAttachment = identityRecord({
  type: 'aws_iam_policy_attachment',
  description: 'All users, groups and roles that have a managed policy.',
  attributes: {
    groups: names('Names of all groups that have the policy.'),
    id: id('Name of the attachment.'),
    name: {
      type: 'string',
      description: 'Name of the attachment, in Terraform only.',
      required: true,
      forcesReplacement: true,
      validators: [{ check: 'length', min: 1 }],
    },
    policy_arn: policyArn,
    roles: names('Names of all roles that have the policy.'),
    users: names('Names of all users that have the policy.'),
  },
  importId: 'name of the attachment, a slash, and the ARN of the policy',
});
