/** Parses a request body strictly: UTF-8, one JSON object, bounded depth. */
import { KmsError } from '@keystead/provider-schema/errors.ts';

/**
 * Only an escape can put half a surrogate pair into UTF-8 text; half a pair cannot be encoded to be signed or bound.
 */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function requireWellFormed(name: string, value: unknown): unknown {
  if (!name.isWellFormed() || (typeof value === 'string' && !value.isWellFormed()))
    throw new Error('half a surrogate pair');
  return value;
}

/**
 * @throws KmsError SerializationException for broken UTF-8, half a surrogate pair, broken JSON, or anything but an
 *   object.
 */
export function parseJson(body: Uint8Array): object {
  let value: unknown;
  try {
    const text = utf8.decode(body);
    value = SURROGATE_ESCAPE.test(text) ? JSON.parse(text, requireWellFormed) : JSON.parse(text);
  } catch {
    throw new KmsError('SerializationException');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new KmsError('SerializationException');
  return value;
}
