/**
 * The configured PKCS#11 tokens, by cluster id, and their logins. Each request carries its login, so the first request
 * of a process logs in and no login is stored; only a PIN that the token refused is not tried again.
 */
import { Gate } from '../../runtime/gate.ts';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import { HsmError } from '../port/hsm-error.ts';
import type { Pkcs11TokenReport } from '../port/pkcs11.ts';
import type { Pkcs11TokenConfig } from '../port/pkcs11-token-config.ts';
import type { Pkcs11Login } from '../port/wrapped-material.ts';
import { isLoginLost, pkcs11Error } from './pkcs11-errors.ts';
import { Pkcs11Token } from './pkcs11-token.ts';

interface Entry {
  readonly pkcs11Token: Pkcs11Token;
  /** The wrapped PIN of the current login, or of the refused one. */
  password?: Uint8Array | undefined;
  refusal?: HsmError | undefined;
  /** One login at a time: two would end each other's sessions. */
  readonly logins: Gate;
}

/** Errors that another attempt with the same PIN cannot fix, and that could lock the token. */
const FINAL: ReadonlySet<string> = new Set(['pkcs11-pin-incorrect', 'pkcs11-pin-locked', 'pkcs11-user-missing']);

const notConfigured = (clusterId: string): string => `no PKCS#11 token is configured for ${clusterId}`;

export class Pkcs11Tokens {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #openPassword: (login: Pkcs11Login) => SecretBytes;

  /** @param openPassword returns the PIN of a login, valid until the next call */
  constructor(configs: readonly Pkcs11TokenConfig[], openPassword: (login: Pkcs11Login) => SecretBytes) {
    this.#entries = new Map(
      configs.map((config) => [config.clusterId, { pkcs11Token: new Pkcs11Token(config), logins: new Gate(1) }]),
    );
    this.#openPassword = openPassword;
  }

  async status(clusterId: string): Promise<Pkcs11TokenReport> {
    const entry = this.#entries.get(clusterId);
    return entry ? await entry.pkcs11Token.status() : { status: 'unknown', cause: notConfigured(clusterId) };
  }

  /** @throws HsmError of a `pkcs11-…` kind */
  async connect(login: Pkcs11Login): Promise<void> {
    const entry = this.#require(login.clusterId);
    await entry.logins.run(() => this.#logIn(entry, login));
  }

  async disconnect(clusterId: string): Promise<void> {
    const entry = this.#entries.get(clusterId);
    if (!entry) return;
    await entry.logins.run(async () => {
      entry.pkcs11Token.logout();
      entry.password = undefined;
      entry.refusal = undefined;
    });
  }

  /** Runs `work` with the token, logged in. @throws HsmError of a `pkcs11-…` kind, or the HsmError of `work` */
  async use<T>(login: Pkcs11Login, work: (pkcs11Token: Pkcs11Token) => Promise<T>): Promise<T> {
    const entry = this.#require(login.clusterId);
    await this.#ensureLogin(entry, login);
    try {
      return await work(entry.pkcs11Token);
    } catch (error) {
      if (!isLoginLost(error)) throw pkcs11Error(error);
    }
    // A login that was lost between two requests is not an error yet: try once more.
    try {
      await entry.logins.run(() => this.#logIn(entry, login));
      return await work(entry.pkcs11Token);
    } catch (error) {
      throw pkcs11Error(error);
    }
  }

  async close(): Promise<void> {
    for (const { pkcs11Token } of this.#entries.values()) pkcs11Token.logout();
  }

  #require(clusterId: string): Entry {
    const entry = this.#entries.get(clusterId);
    if (entry) return entry;
    throw new HsmError('pkcs11-token-unknown', notConfigured(clusterId));
  }

  async #ensureLogin(entry: Entry, login: Pkcs11Login): Promise<void> {
    if (isCurrent(entry, login)) return;
    await entry.logins.run(async () => {
      if (isCurrent(entry, login)) return;
      if (entry.refusal && isSame(entry.password, login.wrappedPassword)) throw entry.refusal;
      await this.#logIn(entry, login);
    });
  }

  async #logIn(entry: Entry, login: Pkcs11Login): Promise<void> {
    // A copy, because the request's own bytes are wiped after it.
    entry.password = Uint8Array.from(login.wrappedPassword);
    entry.refusal = undefined;
    try {
      await entry.pkcs11Token.login(this.#openPassword(login));
    } catch (error) {
      const refusal = pkcs11Error(error);
      if (FINAL.has(refusal.kind)) entry.refusal = refusal;
      throw refusal;
    }
  }
}

function isCurrent(entry: Entry, login: Pkcs11Login): boolean {
  return entry.pkcs11Token.isLoggedIn && isSame(entry.password, login.wrappedPassword);
}

function isSame(known: Uint8Array | undefined, wrapped: Uint8Array): boolean {
  return known !== undefined && Buffer.compare(known, wrapped) === 0;
}
