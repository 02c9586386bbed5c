/**
 * Maps PKCS#11 return values to our errors. Values: OASIS PKCS #11 Specification version 3.1, section 6.1 and the
 * header pkcs11t.h; their meanings: section 5.1.
 */
import { HsmError, type Pkcs11ErrorKind } from '../port/hsm-error.ts';

export const CKR_GENERAL_ERROR = 0x05;
export const CKR_USER_ALREADY_LOGGED_IN = 0x100;
export const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;

const kinds: ReadonlyMap<number, readonly [Pkcs11ErrorKind, string]> = new Map([
  [0x30, ['pkcs11-token-unreachable', 'CKR_DEVICE_ERROR']],
  [0x31, ['pkcs11-no-session', 'CKR_DEVICE_MEMORY']],
  [0x32, ['pkcs11-token-unreachable', 'CKR_DEVICE_REMOVED']],
  [0x70, ['pkcs11-token-unfit', 'CKR_MECHANISM_INVALID']],
  [0x71, ['pkcs11-token-unfit', 'CKR_MECHANISM_PARAM_INVALID']],
  [0xa0, ['pkcs11-pin-incorrect', 'CKR_PIN_INCORRECT']],
  [0xa1, ['pkcs11-pin-incorrect', 'CKR_PIN_INVALID']],
  [0xa2, ['pkcs11-pin-incorrect', 'CKR_PIN_LEN_RANGE']],
  [0xa3, ['pkcs11-pin-incorrect', 'CKR_PIN_EXPIRED']],
  [0xa4, ['pkcs11-pin-locked', 'CKR_PIN_LOCKED']],
  [0xb1, ['pkcs11-no-session', 'CKR_SESSION_COUNT']],
  [0xe0, ['pkcs11-token-inactive', 'CKR_TOKEN_NOT_PRESENT']],
  [0xe1, ['pkcs11-token-inactive', 'CKR_TOKEN_NOT_RECOGNIZED']],
  [0xe2, ['pkcs11-token-unfit', 'CKR_TOKEN_WRITE_PROTECTED']],
  [0x102, ['pkcs11-user-missing', 'CKR_USER_PIN_NOT_INITIALIZED']],
  [0x103, ['pkcs11-user-missing', 'CKR_USER_TYPE_INVALID']],
  [0x104, ['pkcs11-user-busy', 'CKR_USER_ANOTHER_ALREADY_LOGGED_IN']],
  [0x105, ['pkcs11-user-busy', 'CKR_USER_TOO_MANY_TYPES']],
]);

/**
 * The login is lost: sessions closed, the device reset or replaced, the module finalized. Logging in again can help.
 * CKR_DEVICE_REMOVED, CKR_SESSION_CLOSED, CKR_SESSION_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT, CKR_USER_NOT_LOGGED_IN,
 * CKR_CRYPTOKI_NOT_INITIALIZED.
 */
const LOGIN_LOST: ReadonlySet<number> = new Set([0x32, 0xb0, 0xb3, 0xe0, 0x101, 0x190]);

/** CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID: the key has another handle, or was destroyed. */
const HANDLE_LOST: ReadonlySet<number> = new Set([0x60, 0x82]);

/** CKR_DATA_INVALID, CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_AEAD_DECRYPT_FAILED. */
const CIPHERTEXT_REFUSED: ReadonlySet<number> = new Set([0x20, 0x40, 0x41, 0x42]);

/** The return value in an error of the PKCS#11 binding; undefined for any other error. */
export function returnValueOf(error: unknown): number | undefined {
  const code = error instanceof Error && error.name === 'Pkcs11Error' && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

const has = (values: ReadonlySet<number>, error: unknown) => values.has(returnValueOf(error) ?? -1);
export const isLoginLost = (error: unknown): boolean => has(LOGIN_LOST, error);
export const isHandleLost = (error: unknown): boolean => has(HANDLE_LOST, error);
export const isCiphertextRefused = (error: unknown): boolean => has(CIPHERTEXT_REFUSED, error);

/** Without the error's own text: a driver's text could contain anything. */
export function pkcs11Error(error: unknown): HsmError {
  if (error instanceof HsmError) return error;
  const value = returnValueOf(error);
  const [kind, name] = kinds.get(value ?? -1) ?? ['pkcs11-token-failed', 'see the header of the module'];
  const what = value === undefined ? 'unknown driver error' : `return value 0x${value.toString(16)} (${name})`;
  return new HsmError(kind, `the PKCS#11 token failed: ${what}`);
}
