/** `aws_iam_policy`: a managed policy. Another document is another version; the oldest makes room. */
import { computedString, id, stableString } from '../attributes.ts';
import { identityRecord, identityTags, nameOrPrefix, path, policyDocument } from '../identity-attributes.ts';
import { iamValues } from '../shapes/iam/values.ts';

export const awsIamPolicy = identityRecord({
  type: 'aws_iam_policy',
  description: 'A managed policy, which users, groups and roles can have.',
  attributes: {
    arn: stableString('ARN of the policy.'),
    attachment_count: { ...computedString('How many users, groups and roles have the policy.'), type: 'number' },
    description: {
      type: 'string',
      description: 'Description of the policy.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'length', max: iamValues.PolicyDescriptionType.max }],
    },
    id: id('ARN of the policy.'),
    ...nameOrPrefix('policy', iamValues.IamPolicyNameType.max),
    path: { ...path, forcesReplacement: true },
    policy: policyDocument('Policy, a JSON document.'),
    policy_id: stableString('Unique id of the policy.'),
    ...identityTags,
  },
  importId: 'ARN of the policy',
});
