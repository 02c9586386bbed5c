/** The engines behind custom key stores. */
import type { Xks } from '../xks/port/xks.ts';

export interface KeyStoreEngines {
  readonly xks: Xks;
  /** Tokens that the operator configured, by cluster id. */
  readonly clusters: ReadonlyMap<string, Cluster>;
}

/** A PKCS#11 token in the place of an AWS CloudHSM cluster. */
export interface Cluster {
  /** The only account that can use the cluster; absent: every account. */
  readonly accountId?: string;
  /** PEM; a key store's TrustAnchorCertificate must equal it. */
  readonly trustAnchorCertificate?: string;
}
