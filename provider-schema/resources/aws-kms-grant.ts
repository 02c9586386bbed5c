/** `aws_kms_grant`: permission for one principal to use a KMS key. A grant cannot change in place. */
import { id, region, stableString } from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';
import { values } from '../shapes/kms/values.ts';
import type { AttributeRecord, Validator } from '../terraform.ts';

const grantees = ['grantee_principal', 'grantee_service_principal'];

const serviceName: readonly Validator[] = [
  { check: 'length', max: values.ServicePrincipalType.max },
  {
    check: 'pattern',
    pattern: values.ServicePrincipalType.pattern,
    meaning: 'the name of a service, like dynamodb.amazonaws.com',
  },
];

/** Not in the upstream provider, like the constraint that goes with it. */
const servicePrincipal = (description: string): AttributeRecord => ({
  type: 'string',
  own: true,
  description,
  optional: true,
  forcesReplacement: true,
  validators: serviceName,
});

const encryptionContext = (description: string): AttributeRecord => ({
  type: ['map', 'string'],
  description,
  optional: true,
  forcesReplacement: true,
});

export const awsKmsGrant = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_grant',
  schemaVersion: 0,
  description: 'A grant: permission for one principal to use a KMS key.',
  attributes: {
    grant_creation_tokens: {
      type: ['set', 'string'],
      description: 'Grant tokens for the request that creates the grant. Never read back.',
      optional: true,
      forcesReplacement: true,
    },
    grant_id: stableString('Id of the grant.'),
    grant_token: { ...stableString('Token of the grant, known only from its creation.'), sensitive: true },
    grantee_principal: {
      type: 'string',
      description: 'Principal that can use the key: an ARN, or a service as it is called in a Region.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'principal' }],
      exactlyOneOf: grantees,
    },
    grantee_service_principal: {
      ...servicePrincipal(
        'Service that can use the key when it acts for the resource that source_arn names. Needs source_arn and a retiring principal.',
      ),
      exactlyOneOf: grantees,
    },
    id: id('Key reference as configured, a colon, and the grant id.'),
    key_id: {
      type: 'string',
      description: 'Id or ARN of the key.',
      required: true,
      forcesReplacement: true,
    },
    name: {
      type: 'string',
      description: 'Name of the grant. Creating the same grant again under the same name does not create a second one.',
      optional: true,
      forcesReplacement: true,
      validators: [
        { check: 'length', max: values.GrantNameType.max },
        {
          check: 'pattern',
          pattern: values.GrantNameType.pattern,
          meaning: 'only letters, digits, colons, slashes, underscores and hyphens',
        },
      ],
    },
    operations: {
      type: ['set', 'string'],
      description: 'Operations that the grant permits.',
      required: true,
      forcesReplacement: true,
      validators: [{ check: 'one-of', values: values.GrantOperation.enum }],
    },
    region,
    retire_on_delete: {
      type: 'bool',
      description: 'Whether to retire the grant instead of revoking it when it is destroyed. Default: false.',
      optional: true,
      computed: true,
      default: false,
      forcesReplacement: true,
    },
    retiring_principal: {
      type: 'string',
      description: 'Principal that can retire the grant: an ARN or a service principal.',
      optional: true,
      forcesReplacement: true,
      validators: [{ check: 'principal-or-empty' }],
      conflictsWith: ['retiring_service_principal'],
    },
    retiring_service_principal: servicePrincipal('Service that can retire the grant.'),
  },
  blocks: {
    constraints: {
      nesting: 'set',
      description:
        'What a request must carry: an encryption context, of which only one of the two kinds can be given, and the resource that a service acts for.',
      forcesReplacement: true,
      attributes: {
        encryption_context_equals: encryptionContext('The encryption context must be exactly these pairs.'),
        encryption_context_subset: encryptionContext('The encryption context must contain these pairs.'),
        source_arn: {
          type: 'string',
          own: true,
          description:
            'ARN of the resource that a service must act for. Its last part can contain wildcards. For keys of every kind.',
          optional: true,
          forcesReplacement: true,
          validators: [
            {
              check: 'length',
              min: values.GrantConstraintSourceArnType.min,
              max: values.GrantConstraintSourceArnType.max,
            },
            {
              check: 'pattern',
              pattern: values.GrantConstraintSourceArnType.pattern,
              meaning: 'an ARN with an account, like arn:aws:dynamodb:eu-west-1:111122223333:table/orders',
            },
          ],
        },
      },
    },
  },
  importId: 'key id or ARN, a colon, and the grant id, with @region after it for another region',
});
