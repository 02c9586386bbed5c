/** `keystead identity …`: users and their access keys, through the running control plane. */
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, connect, withConnectionOptions } from './connection.ts';

interface AccessKeyAnswer {
  readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
}

export function identityCommand(): Command {
  const identity = new Command('identity').description('Users and their access keys.');
  const add = (
    signature: string,
    description: string,
    run: (connection: Connection, ...names: string[]) => Promise<void>,
  ) => {
    const command = withConnectionOptions(identity.command(signature).description(description));
    command.action(async (...parameters: unknown[]) => {
      const names = parameters.slice(0, -2) as string[];
      await run(await connect(command.opts<ConnectionOptions>()), ...names);
    });
  };
  add('create-user <name>', 'make a user and print its first access key, once', createUser);
  add('list-users', 'list users', async (connection) => {
    const { Users } = (await connection.call('GET', '/v1/users')) as { Users: { UserName: string; Arn: string }[] };
    for (const user of Users) console.log(`${user.UserName}\t${user.Arn}`);
  });
  add('delete-user <name>', 'delete a user and its access keys; its access ends at once', deleteUser);
  add('create-access-key <name>', 'make another access key for a user and print it, once', async (connection, name) => {
    await printNewKey(connection, name as string);
  });
  add('list-access-keys <name>', 'list the access keys of a user', async (connection, name) => {
    for (const key of await accessKeys(connection, name as string)) console.log(`${key.AccessKeyId}\t${key.Status}`);
  });
  add('deactivate-access-key <name> <id>', 'refuse what this access key signs from now on', setStatus('Inactive'));
  add('activate-access-key <name> <id>', 'accept what this access key signs again', setStatus('Active'));
  add('delete-access-key <name> <id>', 'delete an access key', async (connection, name, id) => {
    await connection.call('DELETE', accessKeyPath(name as string, id as string));
  });
  return identity;
}

async function createUser(connection: Connection, name?: string): Promise<void> {
  const { User } = (await connection.call('POST', '/v1/users', { body: { UserName: name } })) as {
    User: { Arn: string };
  };
  console.log(`# ${User.Arn}`);
  await printNewKey(connection, name as string);
}

/** In the AWS shared-credentials format, ready to append to a credentials file. */
async function printNewKey(connection: Connection, name: string): Promise<void> {
  const { AccessKey } = (await connection.call('POST', `${userPath(name)}/access-keys`, {
    shownOnce: true,
  })) as AccessKeyAnswer;
  console.log(`[${name}]`);
  console.log(`aws_access_key_id = ${AccessKey.AccessKeyId}`);
  console.log(`aws_secret_access_key = ${AccessKey.SecretAccessKey}`);
  console.error('The secret is shown this once and stored wrapped: keep it now.');
}

async function deleteUser(connection: Connection, name?: string): Promise<void> {
  for (const key of await accessKeys(connection, name as string)) {
    await connection.call('DELETE', accessKeyPath(name as string, key.AccessKeyId));
  }
  await connection.call('DELETE', userPath(name as string));
}

async function accessKeys(connection: Connection, name: string) {
  const answer = await connection.call('GET', `${userPath(name)}/access-keys`);
  return (answer as { AccessKeyMetadata: { AccessKeyId: string; Status: string }[] }).AccessKeyMetadata;
}

function setStatus(status: 'Active' | 'Inactive') {
  return async (connection: Connection, name?: string, id?: string): Promise<void> => {
    await connection.call('PATCH', accessKeyPath(name as string, id as string), { body: { Status: status } });
  };
}

function userPath(name: string): string {
  return `/v1/users/${encodeURIComponent(name)}`;
}

function accessKeyPath(name: string, id: string): string {
  return `${userPath(name)}/access-keys/${encodeURIComponent(id)}`;
}
