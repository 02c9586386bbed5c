/** What the `keystead identity` commands share: how one is declared, lists that are read whole, and secrets shown once. */
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { type Connection, type ConnectionOptions, connect, withConnectionOptions } from '../shared/connection.ts';
import { CommandError } from '../shared/report.ts';

export interface IdentityCommand {
  /** `create-user <name>` */
  readonly signature: string;
  readonly description: string;
  readonly options?: readonly Option[];
  readonly run: (
    connection: Connection,
    names: readonly string[],
    options: Readonly<Record<string, string>>,
  ) => Promise<void>;
}

/** Adds the commands under one heading of the help text. */
export function addCommands(parent: Command, heading: string, commands: readonly IdentityCommand[]): void {
  for (const { signature, description, options = [], run } of commands) {
    const command = withConnectionOptions(new Command(signature.split(' ')[0]).description(description));
    for (const argument of signature.split(' ').slice(1)) command.argument(argument);
    for (const option of options) command.addOption(option);
    command.helpGroup(heading);
    command.action(async (...parameters: unknown[]) => {
      const names = parameters.slice(0, -2) as string[];
      const given = command.opts<ConnectionOptions & Record<string, string>>();
      await run(await connect(given), names, given);
    });
    parent.addCommand(command);
  }
}

/** A path of the REST door, its parts encoded: `path('users', name, 'groups')`. */
export function path(...parts: readonly string[]): string {
  return `/v1/${parts.map(encodeURIComponent).join('/')}`;
}

/** Every item of a list, page by page. */
export async function listAll<Item>(connection: Connection, of: string, member: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let marker: string | undefined, more = true; more; ) {
    const separator = of.includes('?') ? '&' : '?';
    const page = marker === undefined ? of : `${of}${separator}Marker=${encodeURIComponent(marker)}`;
    const answer = (await connection.call('GET', page)) as Readonly<Record<string, unknown>>;
    items.push(...((answer[member] ?? []) as readonly Item[]));
    marker = answer.Marker as string | undefined;
    more = answer.IsTruncated === true;
  }
  return items;
}

/** @throws CommandError when the file cannot be read */
export async function readDocument(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, 'Name a file with a JSON document.');
  });
}

interface AccessKeyAnswer {
  readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
}

/** Makes an access key and prints it as a section of a credentials file. */
export async function printNewKey(connection: Connection, keysPath: string, profile: string): Promise<void> {
  printKey((await connection.call('POST', keysPath, { shownOnce: true })) as AccessKeyAnswer, profile);
}

/** In the AWS shared-credentials format, ready to append to a credentials file. */
export function printKey({ AccessKey }: AccessKeyAnswer, profile: string): void {
  console.log(`[${profile}]`);
  console.log(`aws_access_key_id = ${AccessKey.AccessKeyId}`);
  console.log(`aws_secret_access_key = ${AccessKey.SecretAccessKey}`);
  console.error('The secret is shown this once and stored wrapped: keep it now.');
}

/** Which user, group or role a command is about: exactly one of three options. */
export const ownerOptions: readonly Option[] = [
  new Option('--user <name>', 'a user'),
  new Option('--group <name>', 'a group').conflicts('user'),
  new Option('--role <name>', 'a role').conflicts(['user', 'group']),
];

/** The path of the entity that the options name. @throws CommandError when they name none */
export function ownerPath({ user, group, role }: Readonly<Record<string, string>>): string {
  if (user !== undefined) return path('users', user);
  if (group !== undefined) return path('groups', group);
  if (role !== undefined) return path('roles', role);
  throw new CommandError('Whose policy is meant?', 'Say --user NAME, --group NAME or --role NAME.', 2);
}
