/** `keystead key-store check-token`: finds a PKCS#11 token and logs in to it as a server would, step by step. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Secret } from '@keystead/provider-schema/secret.ts';
import { SecretBytes } from '../../hsm/crypto/secret-bytes.ts';
import { HsmError } from '../../hsm/port/hsm-error.ts';
import { createSoftHsm } from '../../hsm/soft/soft-hsm.ts';
import { readPkcs11Tokens } from '../../startup/key-store-config.ts';
import { exitCodes } from '../../startup/start-error.ts';
import { CommandError } from '../shared/report.ts';
import { Steps, textOf } from './steps.ts';

export interface CheckTokenOptions {
  readonly pkcs11Tokens: string;
  readonly clusterId: string;
  readonly pinFile?: string;
}

/** Loads the token's driver into this process. */
export async function checkToken({ pkcs11Tokens: file, clusterId, pinFile }: CheckTokenOptions): Promise<void> {
  const { pkcs11Tokens, driverEnvironment } = readPkcs11Tokens(resolve(file));
  const pin = pinFile === undefined ? undefined : readPin(pinFile);
  Object.assign(process.env, driverEnvironment);
  const hsm = createSoftHsm(new SecretBytes(randomBytes(32)), { pkcs11Tokens });
  const steps = new Steps();
  try {
    const { status, cause } = await hsm.pkcs11TokenStatus(clusterId);
    steps.check('token', status === 'ready' ? undefined : `${status}: ${cause}`, `${clusterId} is there and fit`);
    if (pin === undefined || steps.hasFailed) steps.skip('login');
    else {
      const owner = { accountId: '000000000000', keyStoreId: 'cks-00000000000000000' };
      const wrappedPassword = await hsm.wrapKeyStorePassword(owner, pin);
      const refused = await hsm.connectPkcs11Token({ ...owner, clusterId, wrappedPassword }).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof HsmError) return `${error.kind}: ${error.message}`;
          throw error;
        },
      );
      steps.check('login', refused, 'the token accepts the PIN');
    }
  } finally {
    await hsm.close();
  }
  steps.end(`The PKCS#11 token of ${clusterId}`, 'docs/guide/custom-key-stores.md says what to check.');
}

/** Without its last line break. @throws CommandError */
function readPin(file: string): Secret {
  try {
    return new Secret(readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${textOf(error)}.`,
      'Name a file that holds the PIN of the crypto user with --pin-file.',
      exitCodes.usage,
    );
  }
}
