/** Maps the errors of the inner rooms to those that callers see. Any other becomes an internal error without detail. */
import { type ErrorCode, KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Logger } from 'pino';
import { KeyStoreRefusal } from '../context/key-store-refusal.ts';
import type { ResolvedKeys } from '../context/resolved-key.ts';
import { xksFailures } from '../domain/key-stores/xks-failures.ts';
import { HsmError, type HsmErrorKind } from '../hsm/port/hsm-error.ts';
import { StoreUnavailable, WriteConflict } from '../storage/port/store.ts';
import { XksError } from '../xks/port/xks.ts';

/** Refusals of the HSM that the caller's input causes. */
const callerFaults: { readonly [Kind in HsmErrorKind]?: ErrorCode } = {
  'invalid-ciphertext': 'InvalidCiphertextException',
  'invalid-import-token': 'InvalidImportTokenException',
  'expired-import-token': 'ExpiredImportTokenException',
  'incorrect-key-material': 'IncorrectKeyMaterialException',
};

const TRY_AGAIN = 'The request failed because of an internal error. Try again.';

/** @param keys the keys of the request, as far as they were found: the log names their key stores */
export function toKmsError(error: unknown, log: Logger, requestId: string, keys: ResolvedKeys = {}): KmsError {
  if (error instanceof KeyStoreRefusal) log.warn({ requestId, ...error.finding }, KEY_STORE_FAILED);
  if (error instanceof KmsError) return error;
  const code = error instanceof HsmError ? callerFaults[error.kind] : undefined;
  if (code !== undefined) return new KmsError(code);
  // The client of proxies has logged it.
  if (error instanceof XksError) return new KmsError('KMSInvalidStateException', xksFailures[error.failure].message);
  if (error instanceof HsmError && error.kind.startsWith('pkcs11-')) {
    log.warn({ requestId, ...keyStoresOf(keys), cause: error.message }, KEY_STORE_FAILED);
    return pkcs11Refusal(error);
  }
  if (error instanceof StoreUnavailable && error.fault === 'disk-full') {
    // Reported once a minute (startup/full-disk.ts): a line for each request could fill the disk of the log too.
    log.debug({ requestId, message: error.message }, 'a request failed because the disk is full');
    return new KmsError('KMSInternalException', TRY_AGAIN);
  }
  if (error instanceof HsmError || error instanceof StoreUnavailable || error instanceof WriteConflict) {
    log.error(
      { requestId, error: error.name, message: error.message },
      error instanceof HsmError
        ? 'a request failed in the HSM: check the HSM process'
        : 'a request failed in the store: check the database and the audit mirror',
    );
    return new KmsError('KMSInternalException', TRY_AGAIN);
  }
  log.error({ requestId, err: error }, 'a request failed with an unexpected error: report this defect with its stack');
  return new KmsError('KMSInternalException');
}

const KEY_STORE_FAILED =
  'a request failed in its custom key store: see the cause, and check the PKCS #11 token or the external key store proxy';

/** A request can use keys of two key stores (ReEncrypt). */
function keyStoresOf(keys: ResolvedKeys) {
  const stores = Object.values(keys).flatMap(({ keyStore }) => keyStore ?? []);
  return {
    customKeyStoreId: [...new Set(stores.map((store) => store.custom_key_store_id))].join(', '),
    clusterId: [...new Set(stores.flatMap((store) => store.cloud_hsm_cluster_id ?? []))].join(', '),
  };
}

/** The failure of a cryptographic operation in a token; other operations have error codes of their own. */
function pkcs11Refusal(error: HsmError): KmsError {
  return error.kind === 'pkcs11-no-session'
    ? new KmsError('KMSInternalException', 'No PKCS #11 session is available. Try again.')
    : new KmsError('KMSInvalidStateException', messages.cloudHsmUnreachable);
}
