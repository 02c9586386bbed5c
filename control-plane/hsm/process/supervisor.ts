/**
 * Keeps one HSM process running and is the Hsm of the API process. When the process ends, requests fail with
 * `unavailable` until the next one runs; nothing is lost, because all its state is derived from the root key.
 */
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Hsm } from '../port/hsm.ts';
import { HsmError } from '../port/hsm-error.ts';
import { SealError } from '../port/seal-error.ts';
import type { SealConfig } from '../root-key/root-key.ts';
import { verbsOver } from './client.ts';
import { type HsmExit, type LaunchedHsm, type LaunchOptions, launchHsm } from './launch.ts';
import type { Arguments, Result, VerbName } from './protocol.ts';
import { makeSocketDirectory } from './socket-directory.ts';

export interface StartHsmOptions {
  readonly seal: SealConfig;
  /** The server's own directory; the socket is created in `run` below it. */
  readonly directory: string;
  readonly log: Logger;
  /** Called each time a new process has replaced one that ended. */
  readonly onRestart?: () => void;
  readonly pkcs11Tokens?: LaunchOptions['pkcs11Tokens'];
  readonly driverEnvironment?: LaunchOptions['driverEnvironment'];
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
 * Starts the HSM process.
 * @throws SealError when the root key cannot be opened; HsmError `unavailable` when the process does not start.
 */
export async function startHsm(options: StartHsmOptions): Promise<SupervisedHsm> {
  const sockets = await makeSocketDirectory(options.directory);
  const processPath = options.processPath ?? fileURLToPath(new URL('./process.ts', import.meta.url));
  const { seal, log, pkcs11Tokens = [], driverEnvironment = {} } = options;
  const launch = { seal, socketDirectory: sockets.path, processPath, log, pkcs11Tokens, driverEnvironment };
  try {
    const keeper = new ProcessKeeper(options, launch, await launchKnown(launch));
    return {
      ...verbsOver((name, args) => keeper.call(name, args)),
      get pid() {
        return keeper.pid;
      },
      onExit: (listener) => keeper.onExit(listener),
      async close() {
        await keeper.close();
        await sockets.remove();
      },
    };
  } catch (error) {
    await sockets.remove();
    throw error;
  }
}

const FIRST_DELAY_MS = 20;
const LAST_DELAY_MS = 5_000;
/** After a process that ran this long, the delay starts at its minimum again. */
const STABLE_AFTER_MS = 30_000;

interface KnownHsm extends LaunchedHsm {
  readonly fingerprint: string;
}

async function launchKnown(launch: LaunchOptions): Promise<KnownHsm> {
  const launched = await launchHsm(launch);
  try {
    return { ...launched, fingerprint: await launched.client.rootKeyFingerprint() };
  } catch (error) {
    await launched.stop();
    throw error;
  }
}

/** Watches the process, and replaces it when it ends, until `close`. */
class ProcessKeeper {
  readonly #options: StartHsmOptions;
  readonly #relaunch: LaunchOptions;
  readonly #fingerprint: string;
  readonly #listeners: ((exit: HsmExit) => void)[] = [];
  readonly #finished: Promise<void>;
  #current: LaunchedHsm | undefined;
  #closing = false;
  #delayMs = FIRST_DELAY_MS;
  #wakeUp: (() => void) | undefined;

  constructor(options: StartHsmOptions, launch: LaunchOptions, first: KnownHsm) {
    this.#options = options;
    // From now on the root key exists: if its file is lost, a restart must not create a new one.
    this.#relaunch = { ...launch, seal: { ...launch.seal, mustExist: true } };
    this.#fingerprint = first.fingerprint;
    this.#finished = this.#keep(first);
  }

  get pid(): number | undefined {
    return this.#current?.pid;
  }

  /** @throws HsmError `unavailable` while no process runs. */
  async call<Name extends VerbName>(name: Name, args: Arguments<Name>): Promise<Result<Name>> {
    if (this.#current) return await this.#current.client.call(name, args);
    throw new HsmError('unavailable', 'the HSM process is not running; it is being restarted');
  }

  onExit(listener: (exit: HsmExit) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wakeUp?.();
    await this.#current?.stop();
    await this.#finished;
  }

  async #keep(first: LaunchedHsm): Promise<void> {
    let launched: LaunchedHsm | undefined = first;
    while (launched) {
      await this.#watch(launched);
      launched = await this.#replace();
    }
  }

  /** Returns once the process has ended. A process whose connection is lost is stopped: it can serve no one. */
  async #watch(launched: LaunchedHsm): Promise<void> {
    const startedAtMs = performance.now();
    this.#current = launched;
    if (!this.#closing) await Promise.race([launched.exited, launched.client.closed]);
    this.#current = undefined;
    const exit = await launched.stop();
    if (this.#closing) return;
    this.#options.log.error(
      { hsmPid: launched.pid, ...exit },
      'the HSM process ended unexpectedly; starting a new one',
    );
    if (performance.now() - startedAtMs > STABLE_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
    for (const listener of this.#listeners) listener(exit);
  }

  /** Tries until a process runs, and returns it; undefined after `close`. */
  async #replace(): Promise<LaunchedHsm | undefined> {
    while (!this.#closing) {
      await this.#pause();
      if (this.#closing) break;
      const launched = await this.#tryLaunch();
      if (launched) return launched;
    }
    return undefined;
  }

  async #tryLaunch(): Promise<LaunchedHsm | undefined> {
    const { log, onRestart } = this.#options;
    try {
      const launched = await launchKnown(this.#relaunch);
      if (launched.fingerprint === this.#fingerprint) {
        log.warn({ hsmPid: launched.pid }, 'the HSM process was restarted');
        onRestart?.();
        return launched;
      }
      await launched.stop();
      log.error(
        'the HSM process cannot be restarted: the root key is not the one it started with; restore it from its backup',
      );
    } catch (error) {
      const hint = error instanceof SealError ? error.hint : undefined;
      log.error(
        { reason: error instanceof Error ? error.message : error, hint },
        'the HSM process could not be restarted; trying again',
      );
    }
    return undefined;
  }

  #pause(): Promise<void> {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(2 * delayMs, LAST_DELAY_MS);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
