/** `aws_iam_user`. A new name or path changes the ARN, and the name also the id. */
import { awsIamUser as record } from '@keystead/provider-schema/resources/aws-iam-user.ts';
import type { Client } from '../client/client.ts';
import { type ObjectValue, unknown } from '../engine/value.ts';
import { changeTags, findEntity, iam, listAll, newTags, removeEntity, tagsOf } from './shared/identities.ts';
import { type ChangeStep, identityResource } from './shared/identity-resource.ts';
import { requireText, textOf } from './shared/values.ts';

export const awsIamUser = identityResource({
  record,
  title: 'IAM User',

  plan: (prior, proposed) => planRenamed(prior, proposed),

  async create(client, planned) {
    const { User: user } = await iam(client, 'CreateUser', {
      UserName: requireText(planned, 'name'),
      Path: textOf(planned, 'path'),
      PermissionsBoundary: textOf(planned, 'permissions_boundary'),
      Tags: newTags(client, planned),
    });
    return { id: user.UserName ?? '', arn: user.Arn, unique_id: user.UserId };
  },

  async read(client, state) {
    const UserName = requireText(state, 'id');
    const user = (await findEntity(() => iam(client, 'GetUser', { UserName })))?.User;
    if (user === undefined) return null;
    return {
      ...state,
      arn: user.Arn,
      id: user.UserName ?? UserName,
      name: user.UserName ?? UserName,
      path: user.Path ?? '/',
      permissions_boundary: user.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
      ...tagsOf(client, user.Tags, state),
      unique_id: user.UserId,
    };
  },

  changeSteps(client, prior, planned) {
    const UserName = requireText(planned, 'name');
    return [
      renameStep(prior, planned, (NewPath, NewName) =>
        iam(client, 'UpdateUser', { UserName: requireText(prior, 'id'), NewUserName: NewName, NewPath }),
      ),
      boundaryStep(prior, planned, {
        put: (PermissionsBoundary) => iam(client, 'PutUserPermissionsBoundary', { UserName, PermissionsBoundary }),
        remove: () => iam(client, 'DeleteUserPermissionsBoundary', { UserName }),
      }),
      [
        'tags',
        true,
        () =>
          changeTags(client, prior, planned, {
            untag: (TagKeys) => iam(client, 'UntagUser', { UserName, TagKeys }),
            tag: (Tags) => iam(client, 'TagUser', { UserName, Tags }),
          }),
      ],
    ];
  },

  renamed: (planned) => ({ id: requireText(planned, 'name') }),

  async remove(client, state) {
    const UserName = requireText(state, 'id');
    await leaveGroups(client, UserName);
    if (state.force_destroy === true) await deleteAccessKeys(client, UserName);
    await removeEntity(() => iam(client, 'DeleteUser', { UserName }));
  },

  importState: (id) => ({ id }),
});

/** Names of users and groups change in place: what follows from the name is known after it. */
export function planRenamed(prior: ObjectValue | null, proposed: ObjectValue): ObjectValue {
  if (prior === null) return proposed;
  const isRenamed = proposed.name !== prior.name;
  const isMoved = isRenamed || proposed.path !== prior.path;
  return { ...proposed, ...(isMoved && { arn: unknown }), ...(isRenamed && { id: proposed.name ?? unknown }) };
}

export function renameStep(
  prior: ObjectValue,
  planned: ObjectValue,
  rename: (path: string | undefined, name: string) => Promise<unknown>,
): ChangeStep {
  const isMoved = planned.name !== prior.name || planned.path !== prior.path;
  return ['name', isMoved, () => rename(textOf(planned, 'path'), requireText(planned, 'name'))];
}

export function boundaryStep(
  prior: ObjectValue,
  planned: ObjectValue,
  calls: { put(arn: string): Promise<unknown>; remove(): Promise<unknown> },
): ChangeStep {
  const boundary = textOf(planned, 'permissions_boundary');
  const changes = boundary !== textOf(prior, 'permissions_boundary');
  return ['permissions_boundary', changes, () => (boundary === undefined ? calls.remove() : calls.put(boundary))];
}

/** A user that is in a group cannot be deleted; the group itself is another resource. */
async function leaveGroups(client: Client, UserName: string): Promise<void> {
  const groups = await findEntity(() =>
    listAll(
      (marker) => iam(client, 'ListGroupsForUser', { UserName, ...marker }),
      (page) => page.Groups,
    ),
  );
  for (const { GroupName } of groups ?? []) {
    await removeEntity(() => iam(client, 'RemoveUserFromGroup', { GroupName, UserName }));
  }
}

async function deleteAccessKeys(client: Client, UserName: string): Promise<void> {
  const keys = await findEntity(() =>
    listAll(
      (marker) => iam(client, 'ListAccessKeys', { UserName, ...marker }),
      (page) => page.AccessKeyMetadata,
    ),
  );
  for (const { AccessKeyId = '' } of keys ?? []) {
    await removeEntity(() => iam(client, 'DeleteAccessKey', { UserName, AccessKeyId }));
  }
}
