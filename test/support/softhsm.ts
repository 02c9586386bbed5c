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

export interface Pkcs11TestTokens {
  readonly modulePath: string;
  /** Variables that the module needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Directory of its tokens. */
  readonly directory: string;
  /** Creates a token whose crypto user has this PIN. */
  addPkcs11Token(label: string, pin?: string): Promise<void>;
  /** Deletes a token with all its keys, as if the device were removed. */
  deletePkcs11Token(label: string): Promise<void>;
  remove(): Promise<void>;
}

/** A test that calls this must declare `needs('softhsm', 'binding')`. */
export async function makePkcs11Tokens(): Promise<Pkcs11TestTokens> {
  const modulePath = softHsmModules.find((path) => existsSync(path));
  if (modulePath === undefined) throw new Error('SoftHSM 2 is not installed.');
  const directory = await mkdtemp(join(tmpdir(), 'keystead-softhsm-'));
  const pkcs11TokenDirectory = join(directory, 'tokens');
  await mkdir(pkcs11TokenDirectory);
  const configFile = join(directory, 'softhsm2.conf');
  await writeFile(
    configFile,
    `directories.tokendir = ${pkcs11TokenDirectory}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const environment = { SOFTHSM2_CONF: configFile };
  const util = (...args: string[]) => execute('softhsm2-util', args, { env: { ...process.env, ...environment } });
  return {
    modulePath,
    environment,
    directory: pkcs11TokenDirectory,
    async addPkcs11Token(label, pin = PIN) {
      await util('--init-token', '--free', '--label', label, '--so-pin', SECURITY_OFFICER_PIN, '--pin', pin);
    },
    async deletePkcs11Token(label) {
      await util('--delete-token', '--token', label);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
