/**
 * The identity token of a CI job, which its environment names.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
import { readFile } from 'node:fs/promises';
import { defined } from '@keystead/provider-schema/defined.ts';
import { CredentialError } from './credential-error.ts';
import type { WebIdentityRequest } from './sessions.ts';
import type { Environment } from './shared-files.ts';

/**
 * undefined unless AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE are set.
 * @param identityToken in place of the file's content
 */
export function webIdentityOf(env: Environment, identityToken?: string): WebIdentityRequest | undefined {
  const { AWS_ROLE_ARN: RoleArn, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_SESSION_NAME: name } = env;
  if (!RoleArn || !file) return undefined;
  return {
    RoleArn,
    ...defined({ RoleSessionName: name || undefined }),
    identityToken: async () => identityToken ?? readIdentityToken(file),
  };
}

/** @throws CredentialError */
export async function readIdentityToken(file: string, path?: readonly (string | number)[]): Promise<string> {
  const content = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CredentialError(
      'Cannot read the identity token',
      `${error.message}. Correct the file that holds it.`,
      path,
    );
  });
  return content.trim();
}
