/** The HSM as a program of its own: for servers that run as other users, or one that starts it for itself. */
import { dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type KeepOptions, keepHsm } from '../hsm/process/keeper.ts';
import { readOrCreateSharedToken, removeSharedToken } from '../hsm/process/shared-token.ts';
import { makeDirectory } from '../runtime/durable-file.ts';
import { parseSeal } from './config.ts';
import { readPkcs11Tokens } from './key-store-config.ts';
import { startErrorOf } from './start-error-mapping.ts';
import { requireUser } from './users.ts';

/** How many clients are connected, and whether one asked the HSM to end. */
export type HsmClients = Parameters<NonNullable<KeepOptions['onClients']>>[0];

export interface HsmServiceConfig {
  /** As `--seal`. */
  readonly seal: string;
  readonly passphraseFile?: string;
  readonly socketPath: string;
  readonly tokenFile: string;
  /** Whether the token outlives the service. */
  readonly keepsToken: boolean;
  /** Users as whom servers run, by name or number; absent: the user of this process. */
  readonly clientUsers?: readonly string[];
  readonly pkcs11TokensFile?: string;
  /** Whether a server can seed key material, until it has. */
  readonly isSeeding: boolean;
  readonly log: Logger;
  readonly onClients: (clients: HsmClients) => void;
}

const FOR_OWN_USER = { socket: 0o600, token: 0o600 } as const;
const FOR_GROUP = { socket: 0o660, token: 0o640 } as const;

/** Resolves once it listens. @throws StartError */
export async function startHsmService(config: HsmServiceConfig): Promise<{ close(): Promise<void> }> {
  const { socketPath, tokenFile, keepsToken, log } = config;
  try {
    const keeper = await keepHsm(await keepOptionsOf(config));
    log.info({ socketPath, tokenFile, seal: config.seal }, 'the HSM is listening');
    return {
      async close() {
        // The socket goes last: who waits for the end of the HSM waits for that.
        if (!keepsToken) await removeSharedToken(tokenFile);
        await keeper.close();
      },
    };
  } catch (error) {
    throw startErrorOf(error);
  }
}

async function keepOptionsOf(config: HsmServiceConfig): Promise<KeepOptions> {
  const { socketPath, tokenFile, clientUsers, isSeeding, log, onClients } = config;
  const parsed = parseSeal(config.seal, config.passphraseFile);
  const seal = { ...parsed, path: resolve(parsed.path) };
  // Servers of this process's own user need no proof: the modes keep others out.
  const uids = clientUsers?.map((user) => requireUser('--client-user', user).uid);
  const modes = uids ? FOR_GROUP : FOR_OWN_USER;
  const { pkcs11Tokens, driverEnvironment } = readPkcs11Tokens(config.pkcs11TokensFile);
  for (const path of [seal.path, socketPath, tokenFile]) await makeDirectory(dirname(path));
  const peers = uids && { uids, directory: join(dirname(socketPath), 'peers') };
  return {
    seal,
    socket: { path: socketPath, mode: modes.socket, ...(peers && { peers }) },
    sharedToken: await readOrCreateSharedToken(tokenFile, modes.token),
    pkcs11Tokens,
    driverEnvironment,
    isSeeding,
    log,
    onClients,
  };
}
