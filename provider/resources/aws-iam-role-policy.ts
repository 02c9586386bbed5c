/** `aws_iam_role_policy`. */
import { awsIamRolePolicy as record } from '@keystead/provider-schema/resources/aws-iam-role-policy.ts';
import { iam } from './shared/identities.ts';
import { inlinePolicyResource } from './shared/owned-policies.ts';

export const awsIamRolePolicy = inlinePolicyResource(record, 'IAM Role Policy', 'role', {
  put: (client, RoleName, PolicyName, PolicyDocument) =>
    iam(client, 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument }),
  get: async (client, RoleName, PolicyName) =>
    (await iam(client, 'GetRolePolicy', { RoleName, PolicyName })).PolicyDocument,
  remove: (client, RoleName, PolicyName) => iam(client, 'DeleteRolePolicy', { RoleName, PolicyName }),
});
