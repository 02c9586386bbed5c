/**
 * An Hsm whose root key is opened by `openRootKey`: only the database knows whether an installation has keys already,
 * and so whether a missing root key is a first start or a loss.
 */
import { stat } from 'node:fs/promises';
import type { Hsm } from '../port/hsm.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { RootKeyRefusal } from '../port/installation.ts';
import { SealError } from '../port/seal-error.ts';
import { type SealConfig, sealOf } from '../root-key/root-key.ts';
import { createSoftHsm, type SoftHsmOptions } from '../soft/soft-hsm.ts';
import { type Arguments, type Result, type VerbName, verbNames } from './protocol.ts';

export interface SealedHsmOptions extends SoftHsmOptions {
  readonly onSeedingEnded: () => void;
}

/** Opens a root key that exists at once. @throws SealError when it cannot be opened */
export async function createSealedHsm(
  config: SealConfig,
  { onSeedingEnded, ...options }: SealedHsmOptions,
): Promise<Hsm> {
  let opened: Hsm | undefined;
  let opening: Promise<Hsm> | undefined;
  const open = async (mustExist: boolean): Promise<Hsm> => {
    opening ??= sealOf({ ...config, mustExist })
      .open()
      .then((rootKey) => createSoftHsm(rootKey, options))
      .finally(() => {
        opening = undefined;
      });
    opened = await opening;
    return opened;
  };
  if (await exists(config.path)) await open(true);

  const call = async <Name extends VerbName>(name: Name, args: Arguments<Name>): Promise<Result<Name>> => {
    if (!opened) throw new HsmError('root-key-closed', 'the HSM has no root key: it was not opened');
    const method = opened[name] as (...args: Arguments<Name>) => Promise<Result<Name>>;
    return method(...args);
  };
  return {
    ...(Object.fromEntries(
      verbNames.map((name) => [name, (...args: Arguments<typeof name>) => call(name, args)]),
    ) as Omit<Hsm, 'close'>),
    async openRootKey({ mustExist, fingerprint }) {
      try {
        const hsm = opened ?? (await open(mustExist));
        if (fingerprint === undefined || (await hsm.rootKeyFingerprint()) === fingerprint) return {};
        // The operator may have put the right file in its place meanwhile.
        const reopened = await open(true);
        await hsm.close();
        return (await reopened.rootKeyFingerprint()) === fingerprint ? {} : { refused: anotherRootKey(config.path) };
      } catch (error) {
        if (error instanceof SealError) return { refused: { message: error.message, hint: error.hint } };
        throw error;
      }
    },
    async endSeeding() {
      await call('endSeeding', []);
      onSeedingEnded();
    },
    async close() {
      await opening?.catch(() => undefined);
      await opened?.close();
    },
  };
}

function anotherRootKey(path: string): RootKeyRefusal {
  return {
    message: `The root key in ${path} is not the one that this server started with.`,
    hint: 'Restore the file from its backup.',
  };
}

/** A file that cannot be looked at is one that cannot be opened, and is reported as that. */
async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
