/**
 * An HSM process and the connection to it in one object: for a program that runs a server within itself. The command
 * line starts the HSM as a program of its own instead (startup/embedded/).
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Hsm } from '../port/hsm.ts';
import type { SealConfig } from '../root-key/root-key.ts';
import { openHsmConnection } from './connection.ts';
import { type HsmKeeper, keepHsm } from './keeper.ts';
import type { HsmExit, LaunchOptions } from './launch.ts';
import { SHARED_TOKEN_BYTES } from './protocol.ts';
import { makeSocketDirectory } from './socket-directory.ts';

export interface StartHsmOptions {
  readonly seal: SealConfig;
  /** The server's own directory; the socket is created in `run` below it. */
  readonly directory: string;
  readonly log: Logger;
  /** Called each time a new process has replaced one that ended, and is connected. */
  readonly onRestart?: () => void;
  readonly pkcs11Tokens?: NonNullable<LaunchOptions['pkcs11Tokens']>;
  readonly driverEnvironment?: NonNullable<LaunchOptions['driverEnvironment']>;
  readonly isSeeding?: boolean;
  /** Program of the HSM process; default: process.ts beside this file. A bundle names its own. */
  readonly processPath?: string;
}

export interface SupervisedHsm extends Hsm {
  /** Process id; undefined while no process runs. */
  readonly pid: number | undefined;
  /** The listener is called each time the process ends without `close`. */
  onExit(listener: (exit: HsmExit) => void): void;
}

/**
 * Starts the HSM process, and opens its root key.
 * @throws SealError when an existing root key cannot be opened; HsmError `unavailable` when the process does not start.
 */
export async function startHsm({ directory, onRestart, ...launch }: StartHsmOptions): Promise<SupervisedHsm> {
  const sockets = await makeSocketDirectory(directory);
  const socket = { path: join(sockets.path, `hsm-${randomBytes(8).toString('hex')}.sock`), mode: 0o600 };
  const token = randomBytes(SHARED_TOKEN_BYTES);
  const sharedToken = () => new SecretBytes(Uint8Array.from(token));
  const listeners: ((exit: HsmExit) => void)[] = [];
  const onExit = (exit: HsmExit) => {
    for (const listener of listeners) listener(exit);
  };
  let keeper: HsmKeeper | undefined;
  try {
    const kept = await keepHsm({ ...launch, socket, sharedToken: sharedToken(), onExit });
    keeper = kept;
    const connection = await openHsmConnection({
      socketPath: socket.path,
      sharedToken: async () => sharedToken(),
      log: launch.log,
      mustExist: launch.seal.mustExist ?? false,
      ...(onRestart && { onReconnect: onRestart }),
    });
    return {
      ...connection,
      get pid() {
        return kept.pid;
      },
      onExit: (listener) => void listeners.push(listener),
      async close() {
        await connection.close();
        await kept.close();
        await sockets.remove();
      },
    };
  } catch (error) {
    await keeper?.close();
    await sockets.remove();
    throw error;
  }
}
