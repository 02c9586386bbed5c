/** `keystead ci token`: the job's identity token, in a file for AWS_WEB_IDENTITY_TOKEN_FILE. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../shared/report.ts';
import { gitHubToken, gitLabToken } from './forges/identity-token.ts';
import { type Provider, providerOption } from './forges/open.ts';

interface Options {
  readonly provider: Provider;
  readonly audience: string;
  readonly variable: string;
  readonly out: string;
  readonly every?: number;
}

export function tokenCommand(): Command {
  const command = new Command('token')
    .description("Write the job's identity token into a file that only its owner can read.")
    .addOption(providerOption())
    .requiredOption('--out <file>', 'outside of the checked out code; name it in AWS_WEB_IDENTITY_TOKEN_FILE')
    .option('--audience <name>', 'GitHub: for whom the token is; the trust policy of the role asks for it', 'keystead')
    .option('--variable <name>', 'GitLab: where the job declares the token, below id_tokens', 'KEYSTEAD_ID_TOKEN')
    .option(
      '--every <seconds>',
      'GitHub: replace it by a new one each time these have passed, until a signal ends it: tokens last minutes',
      seconds,
    )
    .addHelpText(
      'after',
      `
Example:
  keystead ci token --provider github --out "$RUNNER_TEMP/identity-token"

Exit codes: 0 written, 1 error, also where a pull request of a fork asks.`,
    );
  return command.action(async () => {
    const { provider, audience, variable, out, every } = command.opts<Options>();
    const token = () =>
      provider === 'github' ? gitHubToken(process.env, audience) : Promise.resolve(gitLabToken(process.env, variable));
    if (every === undefined) return write(out, await token());
    // What a run in the background misses once, it gets the next time.
    for (;;) {
      await sleep(every * 1000);
      await token()
        .then((one) => write(out, one))
        .catch((error: Error) => console.error(`keystead: ${error.message}`));
    }
  });
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write whole seconds, from 1 to 9999.');
}

/** A program that reads the file meanwhile finds the token before, or this one. */
async function write(file: string, token: string): Promise<void> {
  const next = `${file}.${process.pid}`;
  try {
    await writeFile(next, token, { mode: 0o600, flag: 'wx' });
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw new CommandError(`${file} cannot be written: ${(error as Error).message}.`, 'Name another file with --out.');
  }
}
