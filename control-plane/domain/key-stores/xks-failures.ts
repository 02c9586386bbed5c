/**
 * How a call to an external key store proxy can fail, and which error KMS returns for it: one row per failure, one
 * column per kind of request.
 * Source: AWS KMS External Key Store Proxy API specification 1.0.3, "KMS exception messages"; API reference,
 * CustomKeyStoresListEntry (ConnectionErrorCode).
 */
import type { ErrorCode } from '@keystead/provider-schema/errors.ts';
import type { ConnectionErrorCodeType } from '@keystead/provider-schema/generated/types.ts';

export interface XksFailureRow {
  /** The message for every caller; the proxy's own text is only logged. */
  readonly message: string;
  /** CreateCustomKeyStore, UpdateCustomKeyStore. */
  readonly keyStore: ErrorCode;
  /** CreateKey. */
  readonly createKey: ErrorCode;
  /** ConnectCustomKeyStore. */
  readonly connection: ConnectionErrorCodeType;
}

const seenRepeatedly = 'If you see this error repeatedly, report it to your external key store proxy administrator.';

const uninterpretable: XksFailureRow = {
  message: `AWS KMS cannot interpret the response from the external key store proxy. ${seenRepeatedly}`,
  keyStore: 'XksProxyInvalidResponseException',
  createKey: 'CustomKeyStoreInvalidStateException',
  connection: 'XKS_PROXY_INVALID_RESPONSE',
};

/** Capitalised names are the proxy's own errors; the others are failures of the connection or of the answer. */
export const xksFailures = {
  ValidationException: uninterpretable,
  InvalidStateException: {
    message:
      'The external key associated with this KMS key in an external key store is not enabled in the external key ' +
      'manager. Enable the external key in the external key manager and retry the request.',
    keyStore: 'XksProxyInvalidResponseException',
    createKey: 'XksKeyInvalidConfigurationException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
  },
  InvalidCiphertextException: {
    message:
      'The external key store proxy rejected the request because the specified ciphertext or additional ' +
      'authenticated data is corrupted, missing, or otherwise invalid.',
    keyStore: 'XksProxyInvalidResponseException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
  },
  InvalidKeyUsageException: {
    message:
      'The external key associated with this KMS key in an external key store does not support the requested ' +
      'operation. Enable the operation on the key in your external key manager, and try the request again.',
    keyStore: 'XksProxyInvalidResponseException',
    createKey: 'XksKeyInvalidConfigurationException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
  },
  AuthenticationFailedException: {
    message:
      'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS ' +
      'proxy authentication credentials for your external key store and update if necessary.',
    keyStore: 'XksProxyIncorrectAuthenticationCredentialException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'INVALID_CREDENTIALS',
  },
  AccessDeniedException: {
    message:
      'The external key store proxy denied access to the operation. Verify that the user and the external key are ' +
      'both authorized for this operation, and try the request again.',
    keyStore: 'XksProxyInvalidResponseException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_ACCESS_DENIED',
  },
  KeyNotFoundException: {
    message: 'The external key store proxy rejected the request because it could not find the external key.',
    keyStore: 'XksProxyInvalidResponseException',
    createKey: 'XksKeyNotFoundException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
  },
  InvalidUriPathException: {
    message:
      'The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for ' +
      'your external key store and update if necessary.',
    keyStore: 'XksProxyInvalidConfigurationException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_CONFIGURATION',
  },
  ThrottlingException: {
    message:
      'The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of ' +
      'your calls using KMS keys in this external key store.',
    keyStore: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_NOT_REACHABLE',
  },
  UnsupportedOperationException: {
    message: `The external key store proxy rejected the request because it does not support the requested operation. ${seenRepeatedly}`,
    keyStore: 'XksProxyInvalidResponseException',
    createKey: 'XksProxyInvalidResponseException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
  },
  DependencyTimeoutException: {
    message: `The external key store proxy did not respond to the request in the time allotted. Retry the request. ${seenRepeatedly}`,
    keyStore: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_TIMED_OUT',
  },
  InternalException: {
    message:
      'The external key store proxy rejected the request because it cannot communicate with the external key ' +
      'manager. Verify that the external key store proxy configuration is correct and that the external key manager ' +
      'is available.',
    keyStore: 'XksProxyInvalidResponseException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_RESPONSE',
  },
  /** The connection failed. */
  unreachable: {
    message:
      'AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you ' +
      'see this error repeatedly, verify that your external key store proxy is active and is connected to the ' +
      'network, and that its endpoint URI is correct in your external key store.',
    keyStore: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_NOT_REACHABLE',
  },
  /** The connection succeeded, TLS failed. */
  tls: {
    message:
      'AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, ' +
      'including its certificate.',
    keyStore: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
  },
  timeout: {
    message: `AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. ${seenRepeatedly}`,
    keyStore: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_TIMED_OUT',
  },
  /** An invalid answer: not JSON, members missing, of the wrong size, or not what its integrity value says. */
  malformed: uninterpretable,
  /** Every external key manager behind the proxy is UNAVAILABLE. */
  unhealthy: {
    message:
      'The external key store proxy is in an unhealthy state. Verify that your external key managers are available, ' +
      'and try the request again.',
    keyStore: 'XksProxyUriUnreachableException',
    createKey: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_NOT_REACHABLE',
  },
} as const satisfies Record<string, XksFailureRow>;

export type XksFailure = keyof typeof xksFailures;
