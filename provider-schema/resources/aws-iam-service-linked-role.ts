/** `aws_iam_service_linked_role`: the role that a service assumes. */
import { id, stableString } from '../attributes.ts';
import { identityRecord, identityTags } from '../identity-attributes.ts';
import { iamValues } from '../shapes/iam/values.ts';

export const awsIamServiceLinkedRole = identityRecord({
  type: 'aws_iam_service_linked_role',
  description: 'A service-linked role, which one AWS service assumes.',
  attributes: {
    arn: stableString('ARN of the role.'),
    aws_service_name: {
      type: 'string',
      description: 'Service, for example autoscaling.amazonaws.com.',
      required: true,
      forcesReplacement: true,
      validators: [
        { check: 'pattern', pattern: '\\.', meaning: 'the name of a service, like autoscaling.amazonaws.com' },
      ],
    },
    create_date: stableString('When the role was created, RFC 3339.'),
    custom_suffix: {
      type: 'string',
      description: 'Text at the end of the name, for a second role of the service.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'length', max: iamValues.CustomSuffixType.max }],
    },
    description: {
      type: 'string',
      description: 'Description of the role.',
      optional: true,
      validators: [{ check: 'length', max: iamValues.RoleDescriptionType.max }],
    },
    id: id('ARN of the role.'),
    name: stableString('Name of the role.'),
    path: stableString('Path of the role.'),
    ...identityTags,
    unique_id: stableString('Unique id of the role.'),
  },
  importId: 'ARN of the role',
});
