/** `provider::aws::trim_iam_role_path`. */
import type { FunctionRecord } from '../terraform.ts';

export const trimIamRolePath: FunctionRecord = {
  name: 'trim_iam_role_path',
  summary: 'Removes the path from the ARN of a role',
  description: 'Removes the path from the ARN of an IAM role: of its resource, role/ and the name remain.',
  parameters: [{ name: 'arn', type: 'string', description: 'ARN of an IAM role.' }],
  returns: 'string',
};
