/** `aws_iam_group_policy`. */
import { awsIamGroupPolicy as record } from '@keystead/provider-schema/resources/aws-iam-group-policy.ts';
import { iam } from './shared/identities.ts';
import { inlinePolicyResource } from './shared/owned-policies.ts';

export const awsIamGroupPolicy = inlinePolicyResource(record, 'IAM Group Policy', 'group', {
  put: (client, GroupName, PolicyName, PolicyDocument) =>
    iam(client, 'PutGroupPolicy', { GroupName, PolicyName, PolicyDocument }),
  get: async (client, GroupName, PolicyName) =>
    (await iam(client, 'GetGroupPolicy', { GroupName, PolicyName })).PolicyDocument,
  remove: (client, GroupName, PolicyName) => iam(client, 'DeleteGroupPolicy', { GroupName, PolicyName }),
});
