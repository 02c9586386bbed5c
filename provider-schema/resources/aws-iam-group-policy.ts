/** `aws_iam_group_policy`: an inline policy of a group. */
import { id } from '../attributes.ts';
import { identityRecord, nameOrPrefix, ownerName, policyDocument } from '../identity-attributes.ts';
import { iamValues } from '../shapes/iam/values.ts';

export const awsIamGroupPolicy = identityRecord({
  type: 'aws_iam_group_policy',
  description: 'An inline policy of a group.',
  attributes: {
    group: ownerName('Name of the group.'),
    id: id('Name of the group, a colon, and the name of the policy.'),
    ...nameOrPrefix('policy', iamValues.IamPolicyNameType.max),
    policy: policyDocument('Policy, a JSON document.'),
  },
  importId: 'name of the group, a colon, and the name of the policy',
});
