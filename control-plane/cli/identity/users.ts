/** Users, their access keys, and groups. */
import { Option } from 'commander';
import type { Connection } from '../shared/connection.ts';
import { type IdentityCommand, printKey } from './command.ts';
import { listAll } from './lists.ts';
import { groupOf, userOf } from './owner.ts';
import { emptyPolicies } from './policies.ts';

const pathOption = new Option('--path <path>', 'path before its name in the ARN, such as /division/team/');

export const userCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-user <name>',
    description: 'make a user and print its first access key, once',
    options: [pathOption],
    async run(connection, [name = ''], options) {
      const { User } = await connection.call('CreateUser', { UserName: name, Path: options.path });
      console.log(`# ${User.Arn}`);
      await printNewKey(connection, name);
    },
  },
  {
    signature: 'list-users',
    description: 'list users',
    async run(connection) {
      const users = await listAll(connection, 'ListUsers', {}, 'Users');
      for (const user of users) console.log(`${user.UserName}\t${user.Arn}`);
    },
  },
  {
    signature: 'delete-user <name>',
    description: 'delete a user with its access keys, policies and memberships; its access ends at once',
    run: (connection, [name = '']) => deleteUser(connection, name),
  },
  {
    signature: 'create-access-key <name>',
    description: 'make another access key for a user and print it, once',
    run: (connection, [name = '']) => printNewKey(connection, name),
  },
  {
    signature: 'list-access-keys <name>',
    description: 'list the access keys of a user',
    async run(connection, [name = '']) {
      for (const key of await accessKeys(connection, name)) console.log(`${key.AccessKeyId}\t${key.Status}`);
    },
  },
  setStatus('deactivate-access-key', 'refuse requests signed with an access key from now on', 'Inactive'),
  setStatus('activate-access-key', 'accept requests signed with an access key again', 'Active'),
  {
    signature: 'delete-access-key <name> <id>',
    description: 'delete an access key',
    async run(connection, [name = '', id = '']) {
      await connection.call('DeleteAccessKey', { UserName: name, AccessKeyId: id });
    },
  },
];

export const groupCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-group <name>',
    description: 'make a group of users',
    options: [pathOption],
    async run(connection, [name = ''], options) {
      const { Group } = await connection.call('CreateGroup', { GroupName: name, Path: options.path });
      console.log(Group.Arn);
    },
  },
  {
    signature: 'list-groups',
    description: 'list groups with their users',
    async run(connection) {
      const groups = await listAll(connection, 'ListGroups', {}, 'Groups');
      for (const { GroupName, Arn } of groups) {
        const users = await listAll(connection, 'GetGroup', { GroupName }, 'Users');
        console.log(`${GroupName}\t${Arn}\t${users.map((user) => user.UserName).join(' ')}`);
      }
    },
  },
  {
    signature: 'add-to-group <group> <user>',
    description: 'add a user to a group, whose policies then apply to it',
    async run(connection, [group = '', user = '']) {
      await connection.call('AddUserToGroup', { GroupName: group, UserName: user });
    },
  },
  {
    signature: 'remove-from-group <group> <user>',
    description: 'take a user out of a group',
    async run(connection, [group = '', user = '']) {
      await connection.call('RemoveUserFromGroup', { GroupName: group, UserName: user });
    },
  },
  {
    signature: 'delete-group <name>',
    description: 'delete a group that has no users, with its policies',
    async run(connection, [name = '']) {
      await emptyPolicies(groupOf(connection, name));
      await connection.call('DeleteGroup', { GroupName: name });
    },
  },
];

async function deleteUser(connection: Connection, UserName: string): Promise<void> {
  for (const { AccessKeyId = '' } of await accessKeys(connection, UserName)) {
    await connection.call('DeleteAccessKey', { UserName, AccessKeyId });
  }
  await emptyPolicies(userOf(connection, UserName));
  for (const { GroupName } of await listAll(connection, 'ListGroupsForUser', { UserName }, 'Groups')) {
    await connection.call('RemoveUserFromGroup', { GroupName, UserName });
  }
  await connection.call('DeleteUser', { UserName });
}

function accessKeys(connection: Connection, UserName: string) {
  return listAll(connection, 'ListAccessKeys', { UserName }, 'AccessKeyMetadata');
}

async function printNewKey(connection: Connection, UserName: string): Promise<void> {
  printKey(await connection.call('CreateAccessKey', { UserName }), UserName);
}

function setStatus(name: string, description: string, Status: 'Active' | 'Inactive'): IdentityCommand {
  return {
    signature: `${name} <name> <id>`,
    description,
    async run(connection, [user = '', id = '']) {
      await connection.call('UpdateAccessKey', { UserName: user, AccessKeyId: id, Status });
    },
  };
}
