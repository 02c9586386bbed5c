/**
 * The Xks port: an external key store proxy as KMS sees it. It only encrypts ciphertext of our own HSM, so neither the
 * proxy nor the network ever sees plaintext.
 * Source: AWS KMS External Key Store Proxy API specification 1.0.3.
 */
import type { XksFailure } from '../../domain/key-stores/xks-failures.ts';

/** The address of a proxy and our credentials for it: the columns of an external key store. */
export interface XksProxy {
  readonly accountId: string;
  readonly region: string;
  readonly keyStoreId: string;
  /** `https://host`, port 443. */
  readonly uriEndpoint: string;
  /** `…/kms/xks/v1`. */
  readonly uriPath: string;
  readonly accessKeyId: string;
  /** RawSecretAccessKey, wrapped by the hsm for `secretOwner(…)`. */
  readonly wrappedSecret: Uint8Array;
}

/** What the proxy learns about the request that it serves. */
export interface XksRequestMetadata {
  readonly kmsOperation: string;
  /** The `requestID` of the request's audit record. */
  readonly kmsRequestId: string;
}
export interface XksKeyRequestMetadata extends XksRequestMetadata {
  /** As the condition key `aws:PrincipalArn`; of a service, its name. */
  readonly awsPrincipalArn: string;
  /** As the condition key `kms:ViaService`: the service that acts for the principal. */
  readonly kmsViaService?: string;
}
export interface XksCryptoRequestMetadata extends XksKeyRequestMetadata {
  readonly kmsKeyArn: string;
}

/** Texts of the proxy: printable and short, otherwise unchecked. */
export interface ExternalKeyMetadata {
  readonly keySpec: string;
  readonly keyUsage: readonly string[];
  readonly keyStatus: string;
}

/** An answer of the external key manager; the ciphertext blob keeps every field. */
export interface ExternallySealed {
  readonly iv: Uint8Array;
  readonly metadata: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** @throws XksError from every call */
export interface Xks {
  /** Resolves when the proxy answers and an external key manager can serve. */
  getHealthStatus(proxy: XksProxy, metadata: XksRequestMetadata): Promise<void>;
  getKeyMetadata(proxy: XksProxy, externalKeyId: string, metadata: XksKeyRequestMetadata): Promise<ExternalKeyMetadata>;
  encrypt(
    proxy: XksProxy,
    externalKeyId: string,
    request: {
      readonly plaintext: Uint8Array;
      readonly additionalData: Uint8Array;
      readonly metadata: XksCryptoRequestMetadata;
    },
  ): Promise<ExternallySealed>;
  decrypt(
    proxy: XksProxy,
    externalKeyId: string,
    request: ExternallySealed & {
      readonly additionalData: Uint8Array;
      readonly requestMetadata: XksCryptoRequestMetadata;
    },
  ): Promise<Uint8Array>;
  close(): void;
}

/** The message says the cause, for operators: it is logged, and never sent to a caller. */
export class XksError extends Error {
  override readonly name = 'XksError';
  readonly failure: XksFailure;
  /** @param detail what failed, printable and short */
  constructor(failure: XksFailure, detail = '') {
    super(`the external key store proxy failed: ${failure}${detail === '' ? '' : `: ${detail}`}`);
    this.failure = failure;
  }
}

/** The name under which the HSM wraps a proxy's secret: access keys of our own never have a `/` in their id. */
export function secretOwner(proxy: Pick<XksProxy, 'accountId' | 'keyStoreId' | 'accessKeyId'>) {
  return { accountId: proxy.accountId, accessKeyId: `${proxy.keyStoreId}/${proxy.accessKeyId}` };
}
