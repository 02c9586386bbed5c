/**
 * `aws_iam_role`: a role. With `inline_policy` or `managed_policy_arns` the role has these policies and no others;
 * without them, other resources give it policies.
 */
import { id, stableString } from '../attributes.ts';
import {
  identityRecord,
  identityTags,
  nameOrPrefix,
  onDestroy,
  path,
  permissionsBoundary,
  policyDocument,
} from '../identity-attributes.ts';
import { limits } from '../limits.ts';
import { iamValues } from '../shapes/iam/values.ts';

const { min, max } = iamValues.RoleMaxSessionDurationType;

export const awsIamRole = identityRecord({
  type: 'aws_iam_role',
  description: 'A role, which other principals assume for a time.',
  attributes: {
    arn: stableString('ARN of the role.'),
    assume_role_policy: policyDocument('Trust policy, a JSON document: who can assume the role.'),
    create_date: stableString('When the role was created, RFC 3339.'),
    description: {
      type: 'string',
      description: 'Description of the role.',
      optional: true,
      validators: [{ check: 'length', max: iamValues.RoleDescriptionType.max }],
    },
    force_detach_policies: onDestroy('Whether to remove the policies of the role that Terraform does not know.'),
    id: id('Name of the role.'),
    managed_policy_arns: {
      type: ['set', 'string'],
      description: 'ARNs of the only managed policies of the role.',
      optional: true,
      computed: true,
      deprecated: 'Use aws_iam_role_policy_attachment.',
      validators: [{ check: 'arn' }],
    },
    max_session_duration: {
      type: 'number',
      description: `Longest session in seconds, ${min} to ${max}. Default: ${limits.maxSessionDurationInSeconds.default}.`,
      optional: true,
      computed: true,
      default: limits.maxSessionDurationInSeconds.default,
      validators: [{ check: 'range', min, max }],
    },
    ...nameOrPrefix('role', iamValues.RoleNameType.max),
    path: { ...path, forcesReplacement: true },
    permissions_boundary: permissionsBoundary,
    ...identityTags,
    unique_id: stableString('Unique id of the role, which no later role of the same name has.'),
  },
  blocks: {
    inline_policy: {
      nesting: 'set',
      description: 'The only inline policies of the role. Use aws_iam_role_policy to add one to others.',
      attributes: {
        name: {
          type: 'string',
          description: 'Name of the policy.',
          optional: true,
          validators: [{ check: 'length', max: iamValues.IamPolicyNameType.max }],
        },
        policy: {
          type: 'string',
          description: 'Policy, a JSON document.',
          optional: true,
          equivalence: 'policy-document',
          validators: [{ check: 'json' }],
        },
      },
    },
  },
  importId: 'name of the role, for example deploy',
});
