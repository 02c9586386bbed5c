/** Users, their access keys, and groups. */
import { Option } from 'commander';
import type { Connection } from '../shared/connection.ts';
import { type IdentityCommand, listAll, path, printNewKey } from './command.ts';
import { emptyPolicies } from './policies.ts';

interface AccessKey {
  readonly AccessKeyId: string;
  readonly Status: string;
}

const pathOption = new Option('--path <path>', 'path before its name in the ARN, as /division/team/');

export const userCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-user <name>',
    description: 'make a user and print its first access key, once',
    options: [pathOption],
    async run(connection, [name = ''], options) {
      const body = { UserName: name, Path: options.path };
      const { User } = (await connection.call('POST', '/v1/users', { body })) as { User: { Arn: string } };
      console.log(`# ${User.Arn}`);
      await printNewKey(connection, path('users', name, 'access-keys'), name);
    },
  },
  {
    signature: 'list-users',
    description: 'list users',
    async run(connection) {
      const users = await listAll<{ UserName: string; Arn: string }>(connection, '/v1/users', 'Users');
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
    run: (connection, [name = '']) => printNewKey(connection, path('users', name, 'access-keys'), name),
  },
  {
    signature: 'list-access-keys <name>',
    description: 'list the access keys of a user',
    async run(connection, [name = '']) {
      for (const key of await accessKeys(connection, name)) console.log(`${key.AccessKeyId}\t${key.Status}`);
    },
  },
  setStatus('deactivate-access-key', 'refuse what this access key signs from now on', 'Inactive'),
  setStatus('activate-access-key', 'accept what this access key signs again', 'Active'),
  {
    signature: 'delete-access-key <name> <id>',
    description: 'delete an access key',
    async run(connection, [name = '', id = '']) {
      await connection.call('DELETE', path('users', name, 'access-keys', id));
    },
  },
];

export const groupCommands: readonly IdentityCommand[] = [
  {
    signature: 'create-group <name>',
    description: 'make a group of users',
    options: [pathOption],
    async run(connection, [name = ''], options) {
      const body = { GroupName: name, Path: options.path };
      const { Group } = (await connection.call('POST', '/v1/groups', { body })) as { Group: { Arn: string } };
      console.log(Group.Arn);
    },
  },
  {
    signature: 'list-groups',
    description: 'list groups with their users',
    async run(connection) {
      const groups = await listAll<{ GroupName: string; Arn: string }>(connection, '/v1/groups', 'Groups');
      for (const { GroupName, Arn } of groups) {
        const users = await listAll<{ UserName: string }>(connection, path('groups', GroupName), 'Users');
        console.log(`${GroupName}\t${Arn}\t${users.map((user) => user.UserName).join(' ')}`);
      }
    },
  },
  {
    signature: 'add-to-group <group> <user>',
    description: 'put a user into a group, whose policies are then its own',
    async run(connection, [group = '', user = '']) {
      await connection.call('PUT', path('groups', group, 'users', user));
    },
  },
  {
    signature: 'remove-from-group <group> <user>',
    description: 'take a user out of a group',
    async run(connection, [group = '', user = '']) {
      await connection.call('DELETE', path('groups', group, 'users', user));
    },
  },
  {
    signature: 'delete-group <name>',
    description: 'delete a group that has no users, with its policies',
    async run(connection, [name = '']) {
      await emptyPolicies(connection, path('groups', name));
      await connection.call('DELETE', path('groups', name));
    },
  },
];

async function deleteUser(connection: Connection, name: string): Promise<void> {
  for (const key of await accessKeys(connection, name)) {
    await connection.call('DELETE', path('users', name, 'access-keys', key.AccessKeyId));
  }
  await emptyPolicies(connection, path('users', name));
  for (const group of await listAll<{ GroupName: string }>(connection, path('users', name, 'groups'), 'Groups')) {
    await connection.call('DELETE', path('groups', group.GroupName, 'users', name));
  }
  await connection.call('DELETE', path('users', name));
}

function accessKeys(connection: Connection, name: string): Promise<readonly AccessKey[]> {
  return listAll(connection, path('users', name, 'access-keys'), 'AccessKeyMetadata');
}

function setStatus(name: string, description: string, Status: 'Active' | 'Inactive'): IdentityCommand {
  return {
    signature: `${name} <name> <id>`,
    description,
    async run(connection, [user = '', id = '']) {
      await connection.call('PATCH', path('users', user, 'access-keys', id), { body: { Status } });
    },
  };
}
