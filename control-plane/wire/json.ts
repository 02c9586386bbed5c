/** Parses a request body strictly: UTF-8, one JSON object, bounded depth. */
import { KmsError } from '@keystead/provider-schema/errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws KmsError SerializationException for broken UTF-8, broken JSON, or anything but an object. */
export function parseJson(body: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    throw new KmsError('SerializationException');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new KmsError('SerializationException');
  return value;
}
