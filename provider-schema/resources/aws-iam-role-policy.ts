/** `aws_iam_role_policy`: an inline policy of a role. */
import { id } from '../attributes.ts';
import { identityRecord, nameOrPrefix, ownerName, policyDocument } from '../identity-attributes.ts';
import { iamValues } from '../shapes/iam/values.ts';

export const awsIamRolePolicy = identityRecord({
  type: 'aws_iam_role_policy',
  description: 'An inline policy of a role.',
  attributes: {
    id: id('Name of the role, a colon, and the name of the policy.'),
    ...nameOrPrefix('policy', iamValues.IamPolicyNameType.max),
    policy: policyDocument('Policy, a JSON document.'),
    role: ownerName('Name of the role.'),
  },
  importId: 'name of the role, a colon, and the name of the policy',
});
