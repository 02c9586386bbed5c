/** `aws_iam_role_policy_attachment`. */
import { awsIamRolePolicyAttachment as record } from '@keystead/provider-schema/resources/aws-iam-role-policy-attachment.ts';
import { iam } from './shared/identities.ts';
import { attachmentResource } from './shared/owned-policies.ts';
import { attachedArns } from './shared/role-policies.ts';

export const awsIamRolePolicyAttachment = attachmentResource(record, 'IAM Role Policy Attachment', 'role', {
  attach: (client, RoleName, PolicyArn) => iam(client, 'AttachRolePolicy', { RoleName, PolicyArn }),
  detach: (client, RoleName, PolicyArn) => iam(client, 'DetachRolePolicy', { RoleName, PolicyArn }),
  list: attachedArns,
});
