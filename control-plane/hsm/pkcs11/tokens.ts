/**
 * The configured tokens, by cluster id, and who is logged in. A request brings its login along, so the first request of
 * a process logs in and nothing has to be remembered; only a PIN that was refused is not tried again.
 */
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import { HsmError, type TokenLogin, type TokenStatus } from '../port/hsm.ts';
import type { TokenConfig } from '../port/token-config.ts';
import { Pkcs11Token } from './pkcs11.ts';
import { isLoginLost, tokenError } from './token-errors.ts';

interface Entry {
  readonly token: Pkcs11Token;
  /** Of the login that is in force, or was refused; wrapped. */
  password?: Uint8Array | undefined;
  refusal?: HsmError | undefined;
  /** Logins take turns: two at once would end each other's sessions. */
  turn: Promise<unknown>;
}

/** What trying again with the same PIN cannot mend and may make worse. */
const FINAL: ReadonlySet<string> = new Set(['token-pin-incorrect', 'token-pin-locked', 'token-user-missing']);

export class Tokens {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #openPassword: (login: TokenLogin) => SecretBytes;

  /** @param openPassword the PIN of a login, lent until the next call. */
  constructor(configs: readonly TokenConfig[], openPassword: (login: TokenLogin) => SecretBytes) {
    this.#entries = new Map(
      configs.map((config) => [config.clusterId, { token: new Pkcs11Token(config), turn: Promise.resolve() }]),
    );
    this.#openPassword = openPassword;
  }

  async status(clusterId: string): Promise<TokenStatus> {
    return (await this.#entries.get(clusterId)?.token.status()) ?? 'unknown';
  }

  /** @throws HsmError of a `token-…` kind */
  async connect(login: TokenLogin): Promise<void> {
    const entry = this.#require(login.clusterId);
    await this.#takeTurn(entry, () => this.#logIn(entry, login));
  }

  async disconnect(clusterId: string): Promise<void> {
    const entry = this.#entries.get(clusterId);
    if (!entry) return;
    await this.#takeTurn(entry, async () => {
      entry.token.logout();
      entry.password = undefined;
      entry.refusal = undefined;
    });
  }

  /** Works with a token as this login's user. @throws HsmError of a `token-…` kind, or what `work` found out. */
  async use<T>(login: TokenLogin, work: (token: Pkcs11Token) => Promise<T>): Promise<T> {
    const entry = this.#require(login.clusterId);
    await this.#beLoggedIn(entry, login);
    try {
      return await work(entry.token);
    } catch (error) {
      if (!isLoginLost(error)) throw tokenError(error);
    }
    // A session that was lost between two requests is nobody's failure yet.
    try {
      await this.#takeTurn(entry, () => this.#logIn(entry, login));
      return await work(entry.token);
    } catch (error) {
      throw tokenError(error);
    }
  }

  async close(): Promise<void> {
    for (const { token } of this.#entries.values()) token.logout();
  }

  #require(clusterId: string): Entry {
    const entry = this.#entries.get(clusterId);
    if (entry) return entry;
    throw new HsmError('token-unknown', `no PKCS#11 token is configured for ${clusterId}`);
  }

  async #beLoggedIn(entry: Entry, login: TokenLogin): Promise<void> {
    if (isCurrent(entry, login)) return;
    await this.#takeTurn(entry, async () => {
      if (isCurrent(entry, login)) return;
      if (entry.refusal && isSame(entry.password, login.wrappedPassword)) throw entry.refusal;
      await this.#logIn(entry, login);
    });
  }

  async #logIn(entry: Entry, login: TokenLogin): Promise<void> {
    // A copy: the request's own bytes are wiped with it.
    entry.password = Uint8Array.from(login.wrappedPassword);
    entry.refusal = undefined;
    try {
      await entry.token.login(this.#openPassword(login));
    } catch (error) {
      const refusal = tokenError(error);
      if (FINAL.has(refusal.kind)) entry.refusal = refusal;
      throw refusal;
    }
  }

  #takeTurn<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    const turn = entry.turn.then(work);
    entry.turn = turn.catch(() => undefined);
    return turn;
  }
}

function isCurrent(entry: Entry, login: TokenLogin): boolean {
  return entry.token.isLoggedIn && isSame(entry.password, login.wrappedPassword);
}

function isSame(known: Uint8Array | undefined, wrapped: Uint8Array): boolean {
  return known !== undefined && Buffer.compare(known, wrapped) === 0;
}
