/**
 * Whose credentials a command uses: the environment's, a profile's, or those of the server's root principal.
 * Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files", "Static credentials".
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '@keystead/provider-schema/defined.ts';
import { CommandError } from './report.ts';

export interface CommandCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

/** @throws CommandError when there are none */
export async function findCredentials(dataDir: string): Promise<CommandCredentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...defined({ sessionToken: process.env.AWS_SESSION_TOKEN || undefined }) };
  }
  if (accessKeyId || secretAccessKey) {
    throw new CommandError(
      'Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set.',
      'Set both, or neither to use a credentials file.',
    );
  }
  // A profile chosen for AWS says nothing about the file that the server wrote.
  const shared = process.env.AWS_SHARED_CREDENTIALS_FILE;
  const file = shared || join(dataDir, 'credentials');
  const profile = (shared && process.env.AWS_PROFILE) || 'default';
  const section = sectionOf(await readCredentialsFile(file), profile);
  const [id, secret] = [section?.get('aws_access_key_id'), section?.get('aws_secret_access_key')];
  if (id && secret) {
    const sessionToken = section?.get('aws_session_token') || undefined;
    return { accessKeyId: id, secretAccessKey: secret, ...defined({ sessionToken }) };
  }
  throw new CommandError(
    section ? `Profile ${profile} in ${file} does not have an access key.` : `${file} has no profile ${profile}.`,
    'Name another profile with AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  );
}

async function readCredentialsFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new CommandError(
          `No credentials: AWS_ACCESS_KEY_ID is not set and ${file} does not exist.`,
          "Name the server's data directory with --data-dir, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
      : new CommandError(
          `${file} cannot be read: ${error.message}.`,
          'Run as the user who owns it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
        );
  });
}

/** undefined: the file does not have this section. */
function sectionOf(text: string, profile: string): ReadonlyMap<string, string> | undefined {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const name = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (name !== undefined) {
      current = sections.get(name) ?? new Map();
      sections.set(name, current);
    }
    const [, key, value] = /^\s*([^#;=[\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current.set(key.toLowerCase(), value);
  }
  return sections.get(profile);
}
