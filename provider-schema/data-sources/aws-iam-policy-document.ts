/** Data source `aws_iam_policy_document`: writes a policy document; nothing is read. */
import { computedString } from '../attributes.ts';
import type { AttributeRecord, BlockRecord, TerraformRecord } from '../terraform.ts';

const texts = (description: string): AttributeRecord => ({ type: ['set', 'string'], description, optional: true });

const documents = (description: string): AttributeRecord => ({
  type: ['list', 'string'],
  description,
  optional: true,
  validators: [{ check: 'json' }],
});

const noLongerUsed = (name: string): AttributeRecord => ({
  type: 'string',
  description: 'Only the empty string is accepted.',
  optional: true,
  deprecated: `It has no use any more and accepts only the empty string. Use ${name}.`,
  validators: [{ check: 'pattern', pattern: '^$', meaning: 'the empty string' }],
});

const principals = (description: string): BlockRecord => ({
  nesting: 'set',
  description,
  attributes: {
    identifiers: { type: ['set', 'string'], description: 'The principals, such as ARNs, or *.', required: true },
    type: { type: 'string', description: 'Kind of principal: AWS, Service, Federated or *.', required: true },
  },
});

const condition: BlockRecord = {
  nesting: 'set',
  description: 'A condition of the statement.',
  attributes: {
    test: { type: 'string', description: 'Condition operator, such as StringEquals.', required: true },
    values: { type: ['list', 'string'], description: 'Values, one of which must match.', required: true },
    variable: { type: 'string', description: 'Condition key, such as kms:ViaService.', required: true },
  },
};

export const awsIamPolicyDocumentData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_iam_policy_document',
  schemaVersion: 0,
  description: 'A policy document in JSON, from statements and other documents.',
  attributes: {
    id: { type: 'string', description: 'Checksum of json.', optional: true, computed: true },
    json: computedString('The document, indented.'),
    minified_json: computedString('The document without white space.'),
    override_json: noLongerUsed('override_policy_documents'),
    override_policy_documents: documents(
      'Documents merged over the statements, in order: a statement replaces the one with its Sid.',
    ),
    policy_id: { type: 'string', description: 'Id of the document.', optional: true },
    source_json: noLongerUsed('source_policy_documents'),
    source_policy_documents: documents('Documents that the statements are merged over, in order. Their Sids differ.'),
    version: {
      type: 'string',
      description: 'Version of the policy language: 2012-10-17, the default, or 2008-10-17.',
      optional: true,
      validators: [{ check: 'one-of', values: ['2008-10-17', '2012-10-17'] }],
    },
  },
  blocks: {
    statement: {
      nesting: 'list',
      description: 'A statement of the document.',
      attributes: {
        actions: texts('Actions that the statement is about.'),
        effect: {
          type: 'string',
          description: 'Allow, the default, or Deny.',
          optional: true,
          validators: [{ check: 'one-of', values: ['Allow', 'Deny'] }],
        },
        not_actions: texts('Actions that the statement is not about.'),
        not_resources: texts('Resources that the statement is not about.'),
        resources: texts('Resources that the statement is about.'),
        sid: { type: 'string', description: 'Id of the statement.', optional: true },
      },
      blocks: {
        condition,
        not_principals: principals('Principals that the statement is not about.'),
        principals: principals('Principals that the statement is about.'),
      },
    },
  },
};
