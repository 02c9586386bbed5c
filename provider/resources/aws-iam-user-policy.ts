/** `aws_iam_user_policy`. */
import { awsIamUserPolicy as record } from '@keystead/provider-schema/resources/aws-iam-user-policy.ts';
import { iam } from './shared/identities.ts';
import { inlinePolicyResource } from './shared/owned-policies.ts';

export const awsIamUserPolicy = inlinePolicyResource(record, 'IAM User Policy', 'user', {
  put: (client, UserName, PolicyName, PolicyDocument) =>
    iam(client, 'PutUserPolicy', { UserName, PolicyName, PolicyDocument }),
  get: async (client, UserName, PolicyName) =>
    (await iam(client, 'GetUserPolicy', { UserName, PolicyName })).PolicyDocument,
  remove: (client, UserName, PolicyName) => iam(client, 'DeleteUserPolicy', { UserName, PolicyName }),
});
