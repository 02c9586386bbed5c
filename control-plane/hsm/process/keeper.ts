/**
 * Keeps one HSM process running: when it ends, the next one is started. Nothing is lost, because all its state is
 * derived from the root key.
 */
import { rm } from 'node:fs/promises';
import { programFile } from '../../runtime/program-files.ts';
import { SealError } from '../port/seal-error.ts';
import { type HsmExit, type LaunchedHsm, type LaunchOptions, launchHsm } from './launch.ts';
import type { ClientReport } from './protocol.ts';

export interface KeepOptions extends Omit<LaunchOptions, 'processPath'> {
  /** Program of the HSM process; default: process.ts beside this file. A bundle names its own. */
  readonly processPath?: string;
  /** Called each time the process has ended without `close`. */
  readonly onExit?: (exit: HsmExit) => void;
  /** Called whenever the number of clients has changed, or one said goodbye. */
  readonly onClients?: (report: ClientReport) => void;
}

export interface HsmKeeper {
  /** Process id; undefined while no process runs. */
  readonly pid: number | undefined;
  /** Ends the process for good. */
  close(): Promise<void>;
}

/**
 * Starts the HSM process.
 * @throws SealError when an existing root key cannot be opened; HsmError `unavailable` when the process does not start.
 */
export async function keepHsm(options: KeepOptions): Promise<HsmKeeper> {
  const processPath = options.processPath ?? programFile('hsm/process/process.ts');
  const launch = { ...options, processPath };
  return new ProcessKeeper(options, launch, await launchHsm(launch));
}

const FIRST_DELAY_MS = 20;
const LAST_DELAY_MS = 5_000;
/** After a process that ran this long, the delay starts at its minimum again. */
const STABLE_AFTER_MS = 30_000;

/** Watches the process, and replaces it when it ends, until `close`. */
class ProcessKeeper implements HsmKeeper {
  readonly #options: KeepOptions;
  #launch: LaunchOptions;
  readonly #finished: Promise<void>;
  #current: LaunchedHsm | undefined;
  #closing = false;
  #delayMs = FIRST_DELAY_MS;
  #wakeUp: (() => void) | undefined;

  constructor(options: KeepOptions, launch: LaunchOptions, first: LaunchedHsm) {
    this.#options = options;
    this.#launch = launch;
    this.#finished = this.#keep(first);
  }

  get pid(): number | undefined {
    return this.#current?.pid;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wakeUp?.();
    await this.#current?.stop();
    await this.#finished;
    await rm(this.#launch.socket.path, { force: true });
  }

  async #keep(first: LaunchedHsm): Promise<void> {
    let launched: LaunchedHsm | undefined = first;
    while (launched) {
      await this.#watch(launched);
      launched = await this.#replace();
    }
  }

  /** Returns once the process has ended. */
  async #watch(launched: LaunchedHsm): Promise<void> {
    const { log, onExit, onClients } = this.#options;
    const startedAtMs = performance.now();
    this.#current = launched;
    launched.onClients((report) => {
      // A client that could end the process must not get another one that accepts key material.
      if (report.seedingEnded) this.#launch = { ...this.#launch, isSeeding: false };
      onClients?.(report);
    });
    // It can have started while the keeper was being closed.
    const exit = await (this.#closing ? launched.stop() : launched.exited);
    this.#current = undefined;
    onClients?.({ clients: 0 });
    if (this.#closing) return;
    log.error({ hsmPid: launched.pid, ...exit }, 'the HSM process ended unexpectedly; starting a new one');
    if (performance.now() - startedAtMs > STABLE_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
    onExit?.(exit);
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
    const { log } = this.#options;
    try {
      const launched = await launchHsm(this.#launch);
      log.warn({ hsmPid: launched.pid }, 'the HSM process was restarted');
      return launched;
    } catch (error) {
      const hint = error instanceof SealError ? error.hint : undefined;
      const reason = error instanceof Error ? error.message : error;
      log.error({ reason, hint }, 'the HSM process could not be restarted; trying again');
      return undefined;
    }
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
