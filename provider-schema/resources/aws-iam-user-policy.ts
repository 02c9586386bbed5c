/** `aws_iam_user_policy`: an inline policy of a user. */
import { id } from '../attributes.ts';
import { identityRecord, nameOrPrefix, ownerName, policyDocument } from '../identity-attributes.ts';
import { iamValues } from '../shapes/iam/values.ts';

export const awsIamUserPolicy = identityRecord({
  type: 'aws_iam_user_policy',
  description: 'An inline policy of a user.',
  attributes: {
    id: id('Name of the user, a colon, and the name of the policy.'),
    ...nameOrPrefix('policy', iamValues.IamPolicyNameType.max),
    policy: policyDocument('Policy, a JSON document.'),
    user: ownerName('Name of the user.'),
  },
  importId: 'name of the user, a colon, and the name of the policy',
});
