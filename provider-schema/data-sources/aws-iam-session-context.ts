/** Data source `aws_iam_session_context`. */
import { computedString, dataId } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsIamSessionContextData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_iam_session_context',
  schemaVersion: 0,
  description: 'The role behind a session; any other principal is its own issuer.',
  attributes: {
    arn: {
      type: 'string',
      description: 'ARN of a session, as aws_caller_identity gives it, or of any principal.',
      required: true,
      validators: [{ check: 'arn' }],
    },
    id: dataId('The ARN that was given.'),
    issuer_arn: computedString('ARN of the role, with its path; the given ARN if it is not that of a session.'),
    issuer_id: computedString('Unique id of the role.'),
    issuer_name: computedString('Name of the role.'),
    session_name: computedString('Name of the session.'),
  },
};
