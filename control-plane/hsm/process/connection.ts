/**
 * The Hsm of the API process: a connection to the HSM process that is opened again whenever it is lost. Until then
 * requests fail with `unavailable`; nothing is lost, because the HSM keeps nothing between requests.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Hsm } from '../port/hsm.ts';
import { HsmError } from '../port/hsm-error.ts';
import { SealError } from '../port/seal-error.ts';
import { connectHsm, type HsmClient, HsmRefusal, verbsOver } from './client.ts';
import type { Arguments, Result, VerbName } from './protocol.ts';

export interface HsmConnectionOptions {
  readonly socketPath: string;
  /** Read for each connection, and wiped: a restarted HSM can have a new one. @throws HsmError `unavailable` */
  readonly sharedToken: () => Promise<SecretBytes>;
  /** Numeric id of the user as whom the HSM runs; default: this process's own. */
  readonly hsmUid?: number;
  readonly log: Logger;
  /** Called each time the connection has been opened again. */
  readonly onReconnect?: () => void;
  /** How long the first connection is tried; default: not again. */
  readonly patienceMs?: number;
  /** The database has keys already: a missing root key is an error, and not a first start. */
  readonly mustExist: boolean;
  /** The HSM belongs to this connection alone: closing the connection ends it. */
  readonly endsHsm?: boolean;
}

const FIRST_DELAY_MS = 20;
const LAST_DELAY_MS = 2_000;
const END_PATIENCE_MS = 5_000;

/**
 * Connects, and opens the root key.
 * @throws SealError when it cannot be opened; HsmError `unavailable` when there is no HSM within the patience
 */
export async function openHsmConnection(options: HsmConnectionOptions): Promise<Hsm> {
  const connection = new HsmConnection(options);
  await connection.open();
  return {
    ...verbsOver((name, args) => connection.call(name, args)),
    useGeneration: (given) => connection.useGeneration(given),
    close: () => connection.close(),
  };
}

class HsmConnection {
  readonly #options: HsmConnectionOptions;
  #client: HsmClient | undefined;
  /** Of the root key; an HSM that is connected later must have the same one. */
  #fingerprint: string | undefined;
  /** Of the root key that is in use; an HSM that is connected later uses it too. */
  #generation: number | undefined;
  #closing = false;
  #wakeUp: (() => void) | undefined;
  #reopening: Promise<void> | undefined;

  constructor(options: HsmConnectionOptions) {
    this.#options = options;
  }

  /** @throws SealError; HsmError `unavailable` */
  async open(): Promise<void> {
    const client = await this.#firstClient();
    try {
      const { refused } = await client.openRootKey({ mustExist: this.#options.mustExist });
      if (refused) throw new SealError(refused.message, refused.hint);
      this.#fingerprint = await client.rootKeyFingerprint();
    } catch (error) {
      await client.close();
      throw error;
    }
    this.#use(client);
  }

  /** @throws HsmError `unavailable` */
  async #firstClient(): Promise<HsmClient> {
    const { patienceMs = 0, log, socketPath } = this.#options;
    const endsAtMs = performance.now() + patienceMs;
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, LAST_DELAY_MS)) {
      try {
        return await this.#connect();
      } catch (error) {
        if (error instanceof HsmRefusal || performance.now() + delayMs > endsAtMs) throw error;
        if (delayMs === FIRST_DELAY_MS) log.info({ socketPath, reason: messageOf(error) }, 'waiting for the HSM');
        await this.#pause(delayMs);
      }
    }
  }

  /** @throws HsmError `unavailable` while there is no connection */
  async call<Name extends VerbName>(name: Name, args: Arguments<Name>): Promise<Result<Name>> {
    const client = this.#client;
    if (!client) throw new HsmError('unavailable', 'there is no connection to the HSM; it is being opened again');
    return client.call(name, args);
  }

  async useGeneration(given: Arguments<'useGeneration'>[0]): Promise<Result<'useGeneration'>> {
    this.#generation = Math.max(this.#generation ?? 0, given.generation);
    return this.call('useGeneration', [given]);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wakeUp?.();
    const { endsHsm = false, socketPath } = this.#options;
    const wasConnected = this.#client !== undefined;
    await this.#client?.close({ endsHsm });
    await this.#reopening;
    if (endsHsm && wasConnected) await hasEnded(socketPath);
  }

  async #connect(): Promise<HsmClient> {
    const { socketPath, hsmUid, sharedToken } = this.#options;
    const token = await sharedToken();
    try {
      return await connectHsm({ socketPath, sharedToken: token, ...(hsmUid !== undefined && { hsmUid }) });
    } finally {
      token.wipe();
    }
  }

  #use(client: HsmClient): void {
    this.#client = client;
    void client.closed.then(() => {
      this.#client = undefined;
      if (!this.#closing) this.#reopening = this.#reopen();
    });
  }

  async #reopen(): Promise<void> {
    const { log, socketPath, onReconnect } = this.#options;
    log.error({ socketPath }, 'the connection to the HSM was lost; opening it again');
    for (let delayMs = FIRST_DELAY_MS; !this.#closing; delayMs = Math.min(2 * delayMs, LAST_DELAY_MS)) {
      await this.#pause(delayMs);
      const client = this.#closing ? undefined : await this.#reconnect();
      if (!client) continue;
      if (this.#closing) return client.close();
      this.#use(client);
      log.warn({ socketPath }, 'connected to the HSM again');
      return onReconnect?.();
    }
  }

  /** @returns undefined when there is no HSM yet, or one with another root key */
  async #reconnect(): Promise<HsmClient | undefined> {
    const { log, socketPath } = this.#options;
    try {
      const client = await this.#connect();
      const problem = await this.#problemOf(client);
      if (problem === undefined) return client;
      await client.close();
      log.error({ socketPath, ...problem }, 'the HSM cannot be used; trying again');
    } catch (error) {
      log.error({ socketPath, reason: messageOf(error) }, 'there is no connection to the HSM; trying again');
    }
    return undefined;
  }

  async #problemOf(client: HsmClient): Promise<{ readonly reason: string; readonly hint: string } | undefined> {
    const fingerprint = this.#fingerprint;
    const generation = this.#generation;
    const opened = await client.openRootKey({ mustExist: true, ...(fingerprint !== undefined && { fingerprint }) });
    const isUsed = opened.refused === undefined && generation !== undefined;
    const { refused } = isUsed ? await client.useGeneration({ generation }) : opened;
    return refused && { reason: refused.message, hint: refused.hint };
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The HSM removes its socket when it ends. One that does not end in time is left to the program that started it. */
async function hasEnded(socketPath: string): Promise<void> {
  const endsAtMs = performance.now() + END_PATIENCE_MS;
  while (existsSync(socketPath) && performance.now() < endsAtMs) await sleep(5);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
