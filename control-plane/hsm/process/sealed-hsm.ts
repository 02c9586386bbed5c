/**
 * An Hsm whose root key is opened by `openRootKey`: only the database knows whether an installation has keys already,
 * and so whether a missing root key is a first start or a loss. It takes over generations that were added to the stored
 * root key, or removed from it, when it is asked which it holds.
 */
import { stat } from 'node:fs/promises';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { RootKeys } from '../crypto/root-keys.ts';
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
  let stored: StoredRootKeys | undefined;
  let opening: Promise<Hsm> | undefined;
  const open = async (mustExist: boolean): Promise<Hsm> => {
    opening ??= openStored({ ...config, mustExist })
      .then((read) => {
        stored = read;
        return createSoftHsm(read.rootKeys, options);
      })
      .finally(() => {
        opening = undefined;
      });
    opened = await opening;
    return opened;
  };
  if (await exists(config.path)) await open(true);

  const call = <Name extends VerbName>(name: Name, args: Arguments<Name>): Promise<Result<Name>> => {
    if (!opened) return Promise.reject(new HsmError('root-key-closed', 'the HSM has no root key: it was not opened'));
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
    async rootKeyGenerations() {
      const refused = await stored?.update();
      return { ...(await call('rootKeyGenerations', [])), ...defined({ refused }) };
    },
    async useGeneration(given) {
      const first = await call('useGeneration', [given]);
      if (!first.refused) return first;
      // The operator may have copied the right file meanwhile.
      await stored?.update();
      return call('useGeneration', [given]);
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

/** @throws SealError */
async function openStored(config: SealConfig): Promise<StoredRootKeys> {
  // Looked at first: a file that is replaced meanwhile is read again.
  const version = await versionOf(config.path);
  return new StoredRootKeys(config, await sealOf(config).open(), version);
}

/** The generations that this process holds, and the file that they were read from. */
class StoredRootKeys {
  readonly rootKeys: RootKeys;
  readonly #config: SealConfig;
  #version: string;
  #refused: RootKeyRefusal | undefined;

  constructor(config: SealConfig, rootKeys: RootKeys, version: string) {
    this.#config = config;
    this.rootKeys = rootKeys;
    this.#version = version;
  }

  /** Reads a file that has changed. @returns why it was not taken over */
  async update(): Promise<RootKeyRefusal | undefined> {
    const version = await versionOf(this.#config.path);
    if (version === this.#version) return this.#refused;
    this.#refused = await this.#read();
    this.#version = version;
    return this.#refused;
  }

  async #read(): Promise<RootKeyRefusal | undefined> {
    try {
      const problem = this.rootKeys.update(await sealOf({ ...this.#config, mustExist: true }).open());
      if (problem === undefined) return undefined;
      return {
        message: `The root key in ${this.#config.path} was not taken over: ${problem}.`,
        hint: 'Put the newest root key file of this installation there; until then this HSM keeps what it holds.',
      };
    } catch (error) {
      if (error instanceof SealError) return { message: error.message, hint: error.hint };
      throw error;
    }
  }
}

/** Changes with every replacement of the file. */
async function versionOf(path: string): Promise<string> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats ? [stats.ino, stats.mtimeNs, stats.ctimeNs, stats.size].join(' ') : 'none';
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
