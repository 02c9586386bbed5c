/** The credential chain as the provider reports it: errors are diagnostics, and to find nothing is one. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type CredentialSettings, findInChain, lookedAt } from '../credentials/chain.ts';
import { CredentialError } from '../credentials/credential-error.ts';
import type { CredentialPlan } from '../credentials/sessions.ts';
import type { Environment, SharedFiles } from '../credentials/shared-files.ts';
import { DiagnosticError } from '../engine/resource.ts';

/** @throws CredentialError */
export async function findCredentials(
  settings: CredentialSettings,
  env: Environment,
  files: SharedFiles,
): Promise<CredentialPlan> {
  return (await findInChain(settings, env, files)) ?? notFound(env, files);
}

function notFound(env: Environment, files: SharedFiles): never {
  const webIdentity =
    env.AWS_WEB_IDENTITY_TOKEN_FILE && !env.AWS_ROLE_ARN
      ? ' AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN.'
      : '';
  throw new CredentialError(
    'No credentials found',
    'Set access_key and secret_key in the provider block, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the ' +
      `environment, or a profile in a shared file. Looked at ${lookedAt(files)}.${webIdentity} The first start of ` +
      '`keystead serve` writes such a file for the root principal: name it in shared_credentials_files or ' +
      'AWS_SHARED_CREDENTIALS_FILE.',
  );
}

/** For `catch`: an error of the credentials becomes a diagnostic, every other one stays. */
export function asDiagnostic(error: unknown): never {
  if (!(error instanceof CredentialError)) throw error;
  const { summary, detail, path } = error;
  throw new DiagnosticError([{ severity: 'error', summary, detail, ...defined({ path }) }]);
}
