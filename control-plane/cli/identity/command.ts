/** What the `keystead identity` commands share: their declaration, documents in files, and secrets shown once. */
import { readFile } from 'node:fs/promises';
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import { Command, type Option } from 'commander';
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

/** @throws CommandError when the file cannot be read */
export async function readDocument(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}.`, 'Name a file with a JSON document.');
  });
}

type AccessKeyAnswer = OutputJson<'CreateAccessKey' | 'CreateServiceAccessKey' | 'CreateAccount'>;

/** As a section in the AWS shared-credentials format, ready to append to a credentials file. */
export function printKey({ AccessKey }: AccessKeyAnswer, profile: string): void {
  console.log(`[${profile}]`);
  console.log(`aws_access_key_id = ${AccessKey.AccessKeyId}`);
  console.log(`aws_secret_access_key = ${AccessKey.SecretAccessKey}`);
  console.error('The secret is shown only once: store it now.');
}
