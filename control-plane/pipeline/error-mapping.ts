/** Turns what the inner rooms throw into what the wire may say. Anything unknown becomes an error without detail. */
import { type ErrorCode, KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Logger } from 'pino';
import { xksFailures } from '../domain/key-stores/xks-failures.ts';
import { HsmError, type HsmErrorKind } from '../hsm/port/hsm-error.ts';
import { StoreUnavailable, WriteConflict } from '../storage/port/store.ts';
import { XksError } from '../xks/port/xks.ts';

/** What the HSM refuses because of what the caller sent. */
const callerFaults: { readonly [Kind in HsmErrorKind]?: ErrorCode } = {
  'invalid-ciphertext': 'InvalidCiphertextException',
  'invalid-import-token': 'InvalidImportTokenException',
  'expired-import-token': 'ExpiredImportTokenException',
  'incorrect-key-material': 'IncorrectKeyMaterialException',
};

export function toKmsError(error: unknown, log: Logger, requestId: string): KmsError {
  if (error instanceof KmsError) return error;
  const code = error instanceof HsmError ? callerFaults[error.kind] : undefined;
  if (code !== undefined) return new KmsError(code);
  const keyStoreRefusal = keyStoreFailure(error);
  if (keyStoreRefusal) {
    log.warn({ requestId, error: error instanceof Error ? error.message : error }, 'a custom key store failed');
    return keyStoreRefusal;
  }
  if (error instanceof HsmError || error instanceof StoreUnavailable || error instanceof WriteConflict) {
    log.error({ requestId, error: error.name, message: error.message }, 'an engine failed the request');
    return new KmsError('KMSInternalException', 'The request failed because of an internal error. Try again.');
  }
  log.error({ requestId, err: error }, 'unexpected failure');
  return new KmsError('KMSInternalException');
}

/** A cryptographic operation on a key in a custom key store; other operations say it in their own codes. */
function keyStoreFailure(error: unknown): KmsError | undefined {
  if (error instanceof XksError) return new KmsError('KMSInvalidStateException', xksFailures[error.failure].message);
  if (!(error instanceof HsmError && error.kind.startsWith('pkcs11-'))) return undefined;
  return error.kind === 'pkcs11-no-session'
    ? new KmsError('KMSInternalException', 'No PKCS #11 session is available. Try again.')
    : new KmsError('KMSInvalidStateException', messages.cloudHsmUnreachable);
}
