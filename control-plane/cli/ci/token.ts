/** `keystead ci token`: the job's identity token, in a file for AWS_WEB_IDENTITY_TOKEN_FILE. */
import { rename, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { CommandError } from '../shared/report.ts';
import { gitHubToken, gitLabToken } from './forges/identity-token.ts';
import { type Provider, providerOption } from './forges/open.ts';

interface Options {
  readonly provider: Provider;
  readonly audience: string;
  readonly variable: string;
  readonly out: string;
}

export function tokenCommand(): Command {
  const command = new Command('token')
    .description("Write the job's identity token into a file that only its owner can read.")
    .addOption(providerOption())
    .requiredOption('--out <file>', 'outside of the checked out code; name it in AWS_WEB_IDENTITY_TOKEN_FILE')
    .option('--audience <name>', 'GitHub: for whom the token is; the trust policy of the role asks for it', 'keystead')
    .option('--variable <name>', 'GitLab: where the job declares the token, below id_tokens', 'KEYSTEAD_ID_TOKEN')
    .addHelpText(
      'after',
      `
Example:
  keystead ci token --provider github --out "$RUNNER_TEMP/identity-token"

Exit codes: 0 written, 1 error, also where a pull request of a fork asks.`,
    );
  return command.action(async () => {
    const { provider, audience, variable, out } = command.opts<Options>();
    const token = provider === 'github' ? await gitHubToken(process.env, audience) : gitLabToken(process.env, variable);
    await write(out, token).catch((error: Error) => {
      throw new CommandError(`${out} cannot be written: ${error.message}.`, 'Name another file with --out.');
    });
  });
}

/** A program that reads the file meanwhile finds the token before, or this one. */
async function write(file: string, token: string): Promise<void> {
  const next = `${file}.${process.pid}`;
  await writeFile(next, token, { mode: 0o600, flag: 'wx' });
  await rename(next, file);
}
