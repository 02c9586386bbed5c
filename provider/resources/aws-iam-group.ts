/** `aws_iam_group`. A new name or path changes the ARN, and the name also the id. */
import { awsIamGroup as record } from '@keystead/provider-schema/resources/aws-iam-group.ts';
import { planRenamed, renameStep } from './aws-iam-user.ts';
import { findEntity, iam, removeEntity } from './shared/identities.ts';
import { identityResource } from './shared/identity-resource.ts';
import { requireText, textOf } from './shared/values.ts';

export const awsIamGroup = identityResource({
  record,
  title: 'IAM Group',

  plan: (prior, proposed) => planRenamed(prior, proposed),

  async create(client, planned) {
    const { Group: group } = await iam(client, 'CreateGroup', {
      GroupName: requireText(planned, 'name'),
      Path: textOf(planned, 'path'),
    });
    return { id: group.GroupName, arn: group.Arn, unique_id: group.GroupId };
  },

  async read(client, state) {
    const GroupName = requireText(state, 'id');
    const group = (await findEntity(() => iam(client, 'GetGroup', { GroupName, MaxItems: 1 })))?.Group;
    if (group === undefined) return null;
    const { Arn: arn, GroupName: name, Path: path, GroupId: unique_id } = group;
    return { ...state, arn, id: name, name, path, unique_id };
  },

  changeSteps: (client, prior, planned) => [
    renameStep(prior, planned, (NewPath, NewName) =>
      iam(client, 'UpdateGroup', { GroupName: requireText(prior, 'id'), NewGroupName: NewName, NewPath }),
    ),
  ],

  renamed: (planned) => ({ id: requireText(planned, 'name') }),

  remove: (client, state) => removeEntity(() => iam(client, 'DeleteGroup', { GroupName: requireText(state, 'id') })),

  importState: (id) => ({ id }),
});
