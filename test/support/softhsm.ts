/** A PKCS#11 token for tests: SoftHSM 2 with a token directory of its own. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { softHsmModules } from '../../scripts/tools.mjs';

const execute = promisify(execFile);

export const PIN = 'correct-horse-7';
const SECURITY_OFFICER_PIN = 'officer-1234';

export interface SoftHsmTokens {
  readonly modulePath: string;
  /** Variables that the module needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its tokens are kept. */
  readonly directory: string;
  /** Makes a token whose crypto user has this PIN. */
  addToken(label: string, pin?: string): Promise<void>;
  /** With every key in it, as if the device were gone. */
  deleteToken(label: string): Promise<void>;
  remove(): Promise<void>;
}

/** A test that calls this says `needs('softhsm', 'binding')`. */
export async function makeTokens(): Promise<SoftHsmTokens> {
  const modulePath = softHsmModules.find((path) => existsSync(path));
  if (modulePath === undefined) throw new Error('SoftHSM 2 is not installed.');
  const directory = await mkdtemp(join(tmpdir(), 'keystead-softhsm-'));
  const tokenDirectory = join(directory, 'tokens');
  await mkdir(tokenDirectory);
  const configFile = join(directory, 'softhsm2.conf');
  await writeFile(
    configFile,
    `directories.tokendir = ${tokenDirectory}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const environment = { SOFTHSM2_CONF: configFile };
  const util = (...args: string[]) => execute('softhsm2-util', args, { env: { ...process.env, ...environment } });
  return {
    modulePath,
    environment,
    directory: tokenDirectory,
    async addToken(label, pin = PIN) {
      await util('--init-token', '--free', '--label', label, '--so-pin', SECURITY_OFFICER_PIN, '--pin', pin);
    },
    async deleteToken(label) {
      await util('--delete-token', '--token', label);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
