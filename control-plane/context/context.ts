/** Context: who calls, where, when, and with which engines. Made once per request, passed down, never stored. */
import type { Authority } from '@keystead/policy/authority.ts';
import type { Effort } from '@keystead/policy/effort.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import type { WebIdentity } from '../domain/identities/web-identity.ts';
import type { CredentialService } from '../hsm/port/credentials.ts';
import type { KeyMaterialService } from '../hsm/port/key-material.ts';
import type { Pkcs11Service } from '../hsm/port/pkcs11.ts';
import type { ResourceQuotas } from '../quotas/quotas.ts';
import type { StoreReader } from '../storage/port/store.ts';
import type { ServerSettings } from './engines.ts';
import type { KeyStoreEngines } from './key-store-engines.ts';
import type { SealedTokens } from './sealed-tokens.ts';

/** The audit's `tlsDetails`. */
export interface TlsDetails {
  readonly tlsVersion: string;
  /** IANA's name. */
  readonly cipherSuite: string;
  readonly clientProvidedHostHeader?: string;
  /** The named group of the handshake. */
  readonly keyExchange?: string;
}

export interface Context {
  /** UUID; `x-amzn-RequestId` and the audit's `requestID`. */
  readonly requestId: string;
  readonly principal: Principal;
  readonly authority: Authority;
  /** What the decisions of the request can still cost. */
  readonly effort: Effort;
  /** '' for a web identity, which has none. */
  readonly accessKeyId: string;
  /** The verified identity token of an unsigned request. */
  readonly webIdentity?: WebIdentity;
  /** A service acts for the caller, who does not prove itself: the operations that the operator allows. */
  readonly callableWithoutProof?: ReadonlySet<string>;
  /** The caller's account and the Region of the credential scope. */
  readonly accountId: string;
  readonly region: string;
  /** The time of the request; operations do not read a clock. */
  readonly nowMs: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secureTransport: boolean;
  /** Absent without TLS. */
  readonly tlsDetails?: TlsDetails;
  readonly store: StoreReader;
  readonly keyMaterial: KeyMaterialService;
  readonly credentials: CredentialService;
  readonly pkcs11: Pkcs11Service;
  readonly sealedTokens: SealedTokens;
  readonly keyStores: KeyStoreEngines;
  readonly quotas: ResourceQuotas;
  /** The Regions that are served; absent: all. */
  readonly regions?: ReadonlySet<string>;
  readonly settings: ServerSettings;
}
