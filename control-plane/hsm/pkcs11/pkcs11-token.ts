/**
 * One PKCS#11 token: finds it, logs in, and uses it through sessions. The module is the vendor's driver, which is
 * loaded into this process; without a configured token no driver is loaded and native code is forbidden
 * (hsm/process/launch.ts). Source: OASIS PKCS #11 Specification version 3.1.
 */
import type { Handle, PKCS11, TokenInfo } from 'pkcs11js';
import { Gate } from '../../runtime/gate.ts';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import { HsmError, type HsmErrorKind } from '../port/hsm-error.ts';
import type { Pkcs11TokenReport, Pkcs11TokenStatus } from '../port/pkcs11.ts';
import type { Pkcs11TokenConfig } from '../port/pkcs11-token-config.ts';
import {
  CKR_CRYPTOKI_ALREADY_INITIALIZED,
  CKR_USER_ALREADY_LOGGED_IN,
  pkcs11Error,
  returnValueOf,
} from './pkcs11-errors.ts';

/** Names of the specification's header pkcs11t.h. */
export const CK = {
  CKF_OS_LOCKING_OK: 0x02,
  CKF_RW_SESSION: 0x02,
  CKF_SERIAL_SESSION: 0x04,
  CKF_USER_PIN_INITIALIZED: 0x08,
  CKF_TOKEN_INITIALIZED: 0x0400,
  CKU_USER: 1,
  CKO_SECRET_KEY: 0x04,
  CKK_AES: 0x1f,
  CKA_CLASS: 0x00,
  CKA_TOKEN: 0x01,
  CKA_PRIVATE: 0x02,
  CKA_LABEL: 0x03,
  CKA_KEY_TYPE: 0x100,
  CKA_ID: 0x102,
  CKA_SENSITIVE: 0x103,
  CKA_ENCRYPT: 0x104,
  CKA_DECRYPT: 0x105,
  CKA_WRAP: 0x106,
  CKA_UNWRAP: 0x107,
  CKA_SIGN: 0x108,
  CKA_VERIFY: 0x10a,
  CKA_DERIVE: 0x10c,
  CKA_VALUE_LEN: 0x161,
  CKA_EXTRACTABLE: 0x162,
  CKM_AES_KEY_GEN: 0x1080,
  CKM_AES_GCM: 0x1087,
} as const;

/**
 * One call at a time. Drivers promise more (CKF_OS_LOCKING_OK), but SoftHSM 2.6 sometimes fails, or even crashes, when
 * several threads create keys at once; a crash ends this process for all keys.
 */
const MAX_SESSIONS = 1;

export interface Session {
  readonly module: PKCS11;
  readonly handle: Handle;
}

const modules = new Map<string, PKCS11>();

/** Loads and initializes a module, once per process. @throws HsmError `pkcs11-token-unknown` */
async function loadModule(path: string): Promise<PKCS11> {
  const known = modules.get(path);
  if (known) return known;
  try {
    const module = await newModule();
    module.load(path);
    initialize(module);
    modules.set(path, module);
    return module;
  } catch (error) {
    const cause = returnValueOf(error) === undefined ? loaderText(error) : pkcs11Error(error).message;
    throw new HsmError('pkcs11-token-unknown', `the PKCS#11 module ${path} cannot be loaded: ${cause}`);
  }
}

async function newModule(): Promise<PKCS11> {
  const imported = await import('pkcs11js').catch(() => {
    throw new Error('its binding, pkcs11js, is not installed: run "make binding"');
  });
  // A CommonJS package whose types do not declare the default export.
  const { default: binding } = imported as unknown as { default: { PKCS11: new () => PKCS11 } };
  return new binding.PKCS11();
}

const MAX_LOADER_TEXT = 300;

/** What the system's loader said of a file, before any code of the module ran. */
function loaderText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_LOADER_TEXT).replace(/[^\x20-\x7e]/g, '?');
}

function initialize(module: PKCS11): void {
  try {
    module.C_Initialize({ flags: CK.CKF_OS_LOCKING_OK });
  } catch (error) {
    if (returnValueOf(error) !== CKR_CRYPTOKI_ALREADY_INITIALIZED) throw error;
  }
}

export class Pkcs11Token {
  readonly #config: Pkcs11TokenConfig;
  readonly #gate = new Gate(MAX_SESSIONS);
  readonly #idle: Session[] = [];
  /** Handles of keys by CKA_ID, hex. They last as long as the login. */
  readonly handles = new Map<string, Handle>();
  #slot: Handle | undefined;
  /** Never used for work: it keeps the login alive, which lasts as long as one session (section 5.6.4). */
  #holder: Session | undefined;
  /** Increases with each login and logout: a session of an earlier login is not reused. */
  #generation = 0;

  constructor(config: Pkcs11TokenConfig) {
    this.#config = config;
  }

  get isLoggedIn(): boolean {
    return this.#slot !== undefined;
  }

  async status(): Promise<Pkcs11TokenReport> {
    try {
      const module = await loadModule(this.#config.modulePath);
      const slot = this.#findSlot(module);
      const { flags } = module.C_GetTokenInfo(slot);
      if ((flags & CK.CKF_TOKEN_INITIALIZED) === 0) return inactive('the token is not initialized');
      if ((flags & CK.CKF_USER_PIN_INITIALIZED) === 0) return inactive('the crypto user of the token has no PIN');
      const mechanisms = module.C_GetMechanismList(slot);
      if (mechanisms.includes(CK.CKM_AES_GCM) && mechanisms.includes(CK.CKM_AES_KEY_GEN)) return { status: 'ready' };
      return { status: 'unfit', cause: 'the token lacks the mechanism CKM_AES_GCM or CKM_AES_KEY_GEN' };
    } catch (error) {
      const { kind, message } = pkcs11Error(error);
      return { status: statuses.get(kind) ?? 'inactive', cause: message };
    }
  }

  /** Ends the earlier login and logs the crypto user in. @throws HsmError */
  async login(pin: SecretBytes): Promise<void> {
    const module = await loadModule(this.#config.modulePath);
    this.logout(module);
    try {
      const slot = this.#findSlot(module);
      this.#slot = slot;
      this.#holder = openSession(module, slot);
      // A string, because the binding does not take bytes; it cannot be wiped.
      const text = pin.use((bytes) => Buffer.from(bytes).toString());
      loginUser(this.#holder, text);
    } catch (error) {
      this.logout(module);
      throw pkcs11Error(error);
    }
  }

  /** Never fails: a token that was removed has no login. */
  logout(module = modules.get(this.#config.modulePath)): void {
    this.#generation += 1;
    this.#idle.length = 0;
    this.handles.clear();
    const slot = this.#slot;
    this.#slot = undefined;
    this.#holder = undefined;
    if (slot === undefined || !module) return;
    try {
      module.C_CloseAllSessions(slot);
    } catch {
      // The token was removed, and its sessions with it.
    }
  }

  /** Lends a session, which is reused only if the work succeeds. @throws the error of `work` */
  run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#gate.run(async () => {
      const generation = this.#generation;
      const session = this.#idle.pop() ?? (await this.#open());
      try {
        const result = await work(session);
        if (generation === this.#generation) this.#idle.push(session);
        return result;
      } catch (error) {
        closeSession(session);
        throw error;
      }
    });
  }

  async #open(): Promise<Session> {
    const module = await loadModule(this.#config.modulePath);
    if (this.#slot === undefined)
      throw new HsmError('pkcs11-token-unreachable', 'there is no login to the PKCS#11 token');
    return openSession(module, this.#slot);
  }

  /** @throws HsmError unless one token fits: of two it is unknown which one is meant */
  #findSlot(module: PKCS11): Handle {
    const slots = module.C_GetSlotList(true);
    const [slot, ...others] = slots.filter((candidate) => this.#fits(module.C_GetTokenInfo(candidate)));
    if (slot && others.length === 0) return slot;
    const { label, serialNumber } = this.#config;
    const wanted = [
      ...(label === undefined ? [] : [`the label "${label}"`]),
      ...(serialNumber === undefined ? [] : [`the serialNumber "${serialNumber}"`]),
    ].join(' and ');
    if (!slot) throw new HsmError('pkcs11-token-inactive', `none of the module's ${slots.length} tokens has ${wanted}`);
    const which = serialNumber === undefined ? ': name the serialNumber of the one that is meant' : '';
    throw new HsmError('pkcs11-token-unfit', `${others.length + 1} tokens have ${wanted}${which}`);
  }

  #fits(info: TokenInfo): boolean {
    const { label = info.label, serialNumber = info.serialNumber } = this.#config;
    return info.label.trimEnd() === label.trimEnd() && info.serialNumber.trimEnd() === serialNumber.trimEnd();
  }
}

const inactive = (cause: string): Pkcs11TokenReport => ({ status: 'inactive', cause });

const statuses: ReadonlyMap<HsmErrorKind, Pkcs11TokenStatus> = new Map([
  ['pkcs11-token-unknown', 'unknown'],
  ['pkcs11-token-unfit', 'unfit'],
]);

function openSession(module: PKCS11, slot: Handle): Session {
  return { module, handle: module.C_OpenSession(slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION) };
}

function closeSession({ module, handle }: Session): void {
  try {
    module.C_CloseSession(handle);
  } catch {
    // Closed already.
  }
}

function loginUser({ module, handle }: Session, pin: string): void {
  try {
    module.C_Login(handle, CK.CKU_USER, pin);
  } catch (error) {
    // The login is this process's own, but perhaps with another PIN: log in again, so that the token checks this one.
    if (returnValueOf(error) === CKR_USER_ALREADY_LOGGED_IN) {
      module.C_Logout(handle);
      module.C_Login(handle, CK.CKU_USER, pin);
    } else {
      throw error;
    }
  }
}
