/**
 * The Hsm in software: the default implementation, meant to run alone in its own process (hsm/process/process.ts).
 * All its state is derived from the root key, so nothing can be lost: wrapping keys are derived, and key material
 * arrives wrapped with each request and is unwrapped for it.
 */
import { OpenedCache } from '../crypto/opened-cache.ts';
import { RootKeys } from '../crypto/root-keys.ts';
import type { SecretBytes } from '../crypto/secret-bytes.ts';
import { passwordBinding } from '../crypto/wrapping.ts';
import { Pkcs11Tokens } from '../pkcs11/pkcs11-tokens.ts';
import type { Hsm } from '../port/hsm.ts';
import type { Pkcs11TokenConfig } from '../port/pkcs11-token-config.ts';
import { SoftCredentials } from './credentials.ts';
import type { Held } from './held.ts';
import { SoftInstallation } from './installation.ts';
import { SoftKeyMaterial } from './key-material.ts';
import { SoftPkcs11 } from './pkcs11.ts';

const DEFAULT_CACHE_CAPACITY = 1024;

export interface SoftHsmOptions {
  /** How many unwrapped secrets (key material, access-key secrets) stay in memory. */
  readonly cacheCapacity?: number;
  /** PKCS#11 tokens that custom key stores can use. */
  readonly pkcs11Tokens?: readonly Pkcs11TokenConfig[];
  /** Whether key material that the operator chose is accepted, until `endSeeding`. */
  readonly isSeeding?: boolean;
  /** Default: the machine's clock. */
  readonly nowMs?: () => number;
}

/** Takes ownership of the root key, which alone is the first generation; `close` wipes it. */
export function createSoftHsm(rootKey: RootKeys | SecretBytes, options: SoftHsmOptions = {}): Hsm {
  const { cacheCapacity = DEFAULT_CACHE_CAPACITY, pkcs11Tokens = [], isSeeding = false, nowMs = Date.now } = options;
  const rootKeys = rootKey instanceof RootKeys ? rootKey : RootKeys.first(rootKey);
  const opened = new OpenedCache(rootKeys, cacheCapacity);
  const held: Held = {
    rootKeys,
    opened,
    nowMs,
    isSeeding,
    pkcs11Tokens: new Pkcs11Tokens(pkcs11Tokens, (login) => opened.open(passwordBinding(login), login.wrappedPassword)),
  };
  return {
    ...new SoftKeyMaterial(held),
    ...new SoftCredentials(held),
    ...new SoftPkcs11(held),
    ...new SoftInstallation(held),
  };
}
