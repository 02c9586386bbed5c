/** Turns what the inner rooms throw into what the wire may say. Anything unknown becomes an error without detail. */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Logger } from 'pino';
import { HsmError } from './hsm/hsm.ts';
import { StoreUnavailable, WriteConflict } from './storage/store.ts';

export function toKmsError(error: unknown, log: Logger, requestId: string): KmsError {
  if (error instanceof KmsError) return error;
  if (error instanceof HsmError && error.kind === 'invalid-ciphertext')
    return new KmsError('InvalidCiphertextException');
  if (error instanceof HsmError || error instanceof StoreUnavailable || error instanceof WriteConflict) {
    log.error({ requestId, error: error.name, message: error.message }, 'an engine failed the request');
    return new KmsError('KMSInternalException', 'The request failed because of an internal error. Try again.');
  }
  log.error({ requestId, err: error }, 'unexpected failure');
  return new KmsError('KMSInternalException');
}
