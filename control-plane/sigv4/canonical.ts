/**
 * The canonical form of a request and its string to sign, under Signature Version 4. Shared by the verifier and the
 * signer, so the two cannot differ.
 * Source: IAM User Guide, "Create a signed AWS API request".
 *
 * Two requests with one canonical form must mean the same to the server. Hence query parameters are compared as the
 * bytes that they decode to, where `+` is a space as in form decoding; everything else is taken as sent.
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

export const ALGORITHM = 'AWS4-HMAC-SHA256';
export const SCOPE_TERMINATOR = 'aws4_request';

/** A request as received or to be sent: exact text and bytes. */
export interface SignableRequest {
  readonly method: string;
  /** As sent, undecoded. */
  readonly rawPath: string;
  /** As sent, without `?`. */
  readonly rawQuery: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** How a service canonicalizes; the published suite exercises each. */
export interface CanonicalRules {
  /** Removes `.`, `..` and empty segments before signing. Off for us: the signature then covers the path as routed. */
  readonly normalizePath: boolean;
  /** Encodes the path as sent once more (every service but S3). */
  readonly doubleEncode: boolean;
  /** The session token is added after signing and so is not covered (some services ask for that; KMS does not). */
  readonly omitSessionToken: boolean;
}

/** The credential scope, which is signed beside the request itself. */
export interface Scope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export const scopeText = (scope: Scope): string => `${scope.date}/${scope.region}/${scope.service}/${SCOPE_TERMINATOR}`;

export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex');
const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * `canonicalQuery` is the result of `canonicalQuery()`: the verifier and the presigner drop or add parameters first.
 */
export function canonicalRequest(
  request: SignableRequest,
  signedHeaders: readonly string[],
  query: string,
  rules: CanonicalRules,
): string {
  const path = canonicalPath(request.rawPath, rules);
  const headers = canonicalHeaders(request.headers, signedHeaders);
  const signed = signedHeaders.join(';');
  return `${request.method}\n${path}\n${query}\n${headers}\n${signed}\n${sha256Hex(request.body)}`;
}

/** `timestamp`: YYYYMMDDTHHMMSSZ. */
export function stringToSign(timestamp: string, scope: Scope, canonical: string): string {
  return [ALGORITHM, timestamp, scopeText(scope), sha256Hex(canonical)].join('\n');
}

/** The key of one day, Region and service: HMAC chain from the secret. */
export function deriveSigningKey(secretAccessKey: string, scope: Scope): Uint8Array {
  const dateKey = hmac(`AWS4${secretAccessKey}`, scope.date);
  return hmac(hmac(hmac(dateKey, scope.region), scope.service), SCOPE_TERMINATOR);
}

/**
 * Of one day, Region and service. Keep one that is used often as a KeyObject: raw bytes take Node several times longer.
 */
export type SigningKey = Uint8Array | KeyObject;

export function signature(signingKey: SigningKey, toSign: string): Buffer {
  const key = signingKey instanceof Uint8Array ? createSecretKey(signingKey) : signingKey;
  return createHmac('sha256', key).update(toSign).digest();
}

function canonicalPath(rawPath: string, rules: CanonicalRules): string {
  const path = rules.normalizePath ? withoutDotSegments(rawPath) : rawPath || '/';
  if (/^[A-Za-z0-9._~/-]*$/.test(path)) return path;
  const bytes = rules.doubleEncode ? Buffer.from(path) : percentDecode(path);
  return encodeBytes(bytes, true);
}

function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const trailing = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${trailing}`;
}

/** A line for each name: the values of all its fields in order, and nothing where there is none. */
function canonicalHeaders(headers: SignableRequest['headers'], names: readonly string[]): string {
  const sent = headers.map(([name]) => name.toLowerCase());
  let lines = '';
  for (const name of names) {
    let values: string | undefined;
    for (const [index, [, value]] of headers.entries()) {
      if (sent[index] !== name) continue;
      const canonical = canonicalValue(value);
      values = values === undefined ? canonical : `${values},${canonical}`;
    }
    lines += `${name}:${values ?? ''}\n`;
  }
  return lines;
}

/** Without outer white space, and with inner runs of it as one space. */
const canonicalValue = (value: string): string => value.trim().replace(/\s\s+|[^\S ]/g, ' ');

export interface QueryParameter {
  readonly name: Buffer;
  readonly value: Buffer;
}

export function parseQuery(rawQuery: string): readonly QueryParameter[] {
  if (rawQuery === '') return [];
  return rawQuery
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return { name: formDecode(name), value: formDecode(value) };
    });
}

/** Encoded, then sorted by name and, for one name, by value. */
export function canonicalQuery(parameters: readonly QueryParameter[]): string {
  if (parameters.length === 0) return '';
  return parameters
    .map(({ name, value }) => [encodeBytes(name), encodeBytes(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Encoded text is ASCII: comparing code units compares bytes. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const formDecode = (text: string): Buffer => percentDecode(text.replaceAll('+', ' '));

/** A percent sign without two hex digits stands for itself. */
function percentDecode(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text);
  const parts = text.split(/(%[0-9a-fA-F]{2})/);
  return Buffer.concat(parts.map((part, i) => (i % 2 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))));
}

export const encodeComponent = (text: string): string => encodeBytes(Buffer.from(text));

/** RFC 3986 unreserved characters stay, every other byte becomes %XX in capitals; the path keeps its slashes. */
function encodeBytes(bytes: Uint8Array, keepSlash = false): string {
  let encoded = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const stays = /[A-Za-z0-9._~-]/.test(character) || (keepSlash && character === '/');
    encoded += stays ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
