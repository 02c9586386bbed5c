/** What custom key stores stand on. */
import type { Xks } from '../xks/port/xks.ts';

export interface KeyStoreEngines {
  readonly xks: Xks;
  /** Tokens that the operator configured, by cluster id. */
  readonly clusters: ReadonlyMap<string, Cluster>;
}

/** A PKCS#11 token in the place of an AWS CloudHSM cluster. */
export interface Cluster {
  /** For every other account there is no such cluster. */
  readonly accountId?: string;
  /** PEM; what a key store's TrustAnchorCertificate has to be. */
  readonly trustAnchorCertificate?: string;
}
