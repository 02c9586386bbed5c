/** `aws_iam_user_policy_attachment`. */
import { awsIamUserPolicyAttachment as record } from '@keystead/provider-schema/resources/aws-iam-user-policy-attachment.ts';
import { iam, listAll } from './shared/identities.ts';
import { attachmentResource } from './shared/owned-policies.ts';

export const awsIamUserPolicyAttachment = attachmentResource(record, 'IAM User Policy Attachment', 'user', {
  attach: (client, UserName, PolicyArn) => iam(client, 'AttachUserPolicy', { UserName, PolicyArn }),
  detach: (client, UserName, PolicyArn) => iam(client, 'DetachUserPolicy', { UserName, PolicyArn }),
  list: async (client, UserName) => {
    const attached = await listAll(
      (marker) => iam(client, 'ListAttachedUserPolicies', { UserName, ...marker }),
      (page) => page.AttachedPolicies,
    );
    return attached.map(({ PolicyArn = '' }) => PolicyArn);
  },
});
