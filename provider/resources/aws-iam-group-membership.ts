/** `aws_iam_group_membership`: exclusive, so other users are removed from the group. */
import { awsIamGroupMembership as record } from '@keystead/provider-schema/resources/aws-iam-group-membership.ts';
import type { Client } from '../client/client.ts';
import { findEntity, iam, listAll, removeEntity } from './shared/identities.ts';
import { identityResource } from './shared/identity-resource.ts';
import { splitOnce } from './shared/owned-policies.ts';
import { requireText, textsOf } from './shared/values.ts';

export const awsIamGroupMembership = identityResource({
  record,
  title: 'IAM Group Membership',

  async create(client, planned) {
    await change(client, requireText(planned, 'group'), [], textsOf(planned, 'users'));
    return { id: requireText(planned, 'name') };
  },

  async read(client, state) {
    const GroupName = requireText(state, 'group');
    const users = await findEntity(() =>
      listAll(
        (marker) => iam(client, 'GetGroup', { GroupName, ...marker }),
        (page) => page.Users,
      ),
    );
    if (users === undefined) return null;
    return { ...state, users: users.map(({ UserName = '' }) => UserName) };
  },

  changeSteps: (client, prior, planned) => [
    [
      'users',
      true,
      () => change(client, requireText(prior, 'group'), textsOf(prior, 'users'), textsOf(planned, 'users')),
    ],
  ],

  remove: (client, state) => change(client, requireText(state, 'group'), textsOf(state, 'users'), []),

  importState(id) {
    const [name, group] = splitOnce(id, '/');
    return name !== '' && group !== '' ? { id: name, name, group } : undefined;
  },
});

async function change(
  client: Client,
  GroupName: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  for (const UserName of before.filter((user) => !after.includes(user))) {
    await removeEntity(() => iam(client, 'RemoveUserFromGroup', { GroupName, UserName }));
  }
  for (const UserName of after.filter((user) => !before.includes(user))) {
    await iam(client, 'AddUserToGroup', { GroupName, UserName });
  }
}
