/** Parses a request body strictly: UTF-8, one JSON object, a bounded number of values. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';

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

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;

/**
 * Texts are parsed fast, but a megabyte of values takes a tenth of a second to parse and longer to validate. Every value
 * but the first of its list or object follows a comma.
 */
function hasTooManyValues(body: Uint8Array): boolean {
  let values = 0;
  let inText = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (byte === QUOTE) inText = !inText;
    else if (inText) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === OPEN_LIST || byte === OPEN_OBJECT) values++;
  }
  return values > limits.requestValues;
}

/**
 * @throws KmsError SerializationException for broken UTF-8, half a surrogate pair, broken JSON, or anything but an
 *   object; RequestEntityTooLargeException for more values than any operation takes.
 */
export function parseJson(body: Uint8Array): object {
  // A shorter body cannot have so many.
  if (body.length > limits.requestValues && hasTooManyValues(body)) {
    throw new KmsError('RequestEntityTooLargeException', messages.tooManyValues);
  }
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
