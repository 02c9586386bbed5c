/** `aws_iam_group_policy_attachment`. */
import { awsIamGroupPolicyAttachment as record } from '@keystead/provider-schema/resources/aws-iam-group-policy-attachment.ts';
import { iam, listAll } from './shared/identities.ts';
import { attachmentResource } from './shared/owned-policies.ts';

export const awsIamGroupPolicyAttachment = attachmentResource(record, 'IAM Group Policy Attachment', 'group', {
  attach: (client, GroupName, PolicyArn) => iam(client, 'AttachGroupPolicy', { GroupName, PolicyArn }),
  detach: (client, GroupName, PolicyArn) => iam(client, 'DetachGroupPolicy', { GroupName, PolicyArn }),
  list: async (client, GroupName) => {
    const attached = await listAll(
      (marker) => iam(client, 'ListAttachedGroupPolicies', { GroupName, ...marker }),
      (page) => page.AttachedPolicies,
    );
    return attached.map(({ PolicyArn = '' }) => PolicyArn);
  },
});
