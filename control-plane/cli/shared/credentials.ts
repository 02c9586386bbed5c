/**
 * Whose credentials a command uses: what the AWS credential chain finds, as for `aws` and the Terraform provider. Those
 * of the server's root principal are used only when nothing else is configured or `--as-root` asks for them, and never
 * silently.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInChain, lookedAt } from '@keystead/provider/credentials/chain.ts';
import { CredentialError } from '@keystead/provider/credentials/credential-error.ts';
import { parseIni } from '@keystead/provider/credentials/ini.ts';
import type { CredentialPlan } from '@keystead/provider/credentials/sessions.ts';
import {
  type Environment,
  readSharedFiles,
  type SharedFiles,
  sharedFilePaths,
} from '@keystead/provider/credentials/shared-files.ts';
import { webIdentityOf } from '@keystead/provider/credentials/web-identity.ts';
import { CommandError } from './report.ts';

export interface CredentialOptions {
  readonly dataDir: string;
  readonly asRoot?: boolean;
  /** Profile of the shared files, which comes before the environment. */
  readonly profile?: string;
}

/** @throws CommandError when there are none, or those that are configured cannot be used */
export async function findCredentials(
  { dataDir, asRoot, profile }: CredentialOptions,
  env: Environment = process.env,
): Promise<CredentialPlan> {
  const file = join(dataDir, 'credentials');
  if (asRoot) return ofRootPrincipal(file, 'as --as-root asks');
  if (profile === undefined) requireWholePair(env);
  const files = await readSharedFiles(sharedFilePaths({ config: [], credentials: [] }, env)).catch(asCommandError);
  const settings = { accessKey: undefined, secretKey: undefined, sessionToken: undefined, profile };
  const found = await findInChain({ ...settings, webIdentity: webIdentityOf(env) }, env, files).catch(asCommandError);
  if (found) return found;
  requireNothingConfigured(env, files);
  return ofRootPrincipal(file, 'because no other credentials are configured');
}

/** For `catch`: an error of the credentials becomes one of the command, every other one stays. */
export function asCommandError(error: unknown): never {
  throw error instanceof CredentialError ? new CommandError(`${error.summary}.`, error.detail) : error;
}

/** For people: who signs, as far as this side knows. */
export function describePlan({ base, roles }: CredentialPlan): string {
  const steps = roles.map(({ RoleArn }) => `the role ${RoleArn}`);
  const from =
    'identityToken' in base
      ? `an identity token for the role ${base.RoleArn}`
      : `${base.accessKeyId} of ${base.source}`;
  return [from, ...steps].join(', then ');
}

function requireWholePair({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }: Environment): void {
  if (Boolean(id) === Boolean(secret)) return;
  throw new CommandError(
    'Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set.',
    'Set both, or neither to use a profile.',
  );
}

/** What is named and not found was meant to be used: the root principal does not replace it. */
function requireNothingConfigured(env: Environment, files: SharedFiles): void {
  const named = ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'].find((variable) => env[variable]);
  if (named === undefined) return;
  const what =
    named === 'AWS_WEB_IDENTITY_TOKEN_FILE'
      ? 'is set without AWS_ROLE_ARN'
      : `is set, and there is no profile default with credentials in ${lookedAt(files)}`;
  throw new CommandError(
    `${named} ${what}.`,
    'Correct it, name a profile with AWS_PROFILE, or sign as the root principal with --as-root and --data-dir.',
  );
}

async function ofRootPrincipal(file: string, why: string): Promise<CredentialPlan> {
  const section = parseIni(await readRootCredentials(file)).get('default');
  const [accessKeyId, secretAccessKey] = [section?.get('aws_access_key_id'), section?.get('aws_secret_access_key')];
  if (!accessKeyId || !secretAccessKey) {
    throw new CommandError(
      `${file} does not contain an access key of the root principal.`,
      'Name the data directory of the server with --data-dir, or configure credentials as for the aws command.',
    );
  }
  console.error(`keystead: signs as the root principal, with ${file}, ${why}`);
  return { base: { accessKeyId, secretAccessKey, source: file }, roles: [] };
}

async function readRootCredentials(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT'
      ? new CommandError(
          `No credentials: the environment and the shared files of AWS have none, and ${file} does not exist.`,
          'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or name the data directory of the server ' +
            'with --data-dir to sign as its root principal.',
        )
      : new CommandError(
          `${file} cannot be read: ${error.message}.`,
          'Run as the user who owns it, or configure credentials as for the aws command.',
        );
  });
}
