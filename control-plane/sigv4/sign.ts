/**
 * The signing side of Signature Version 4, for our own clients and tests.
 * Source: IAM User Guide, "Create a signed AWS API request"; presigned form: "Authenticating requests: using query
 * parameters".
 */
import {
  ALGORITHM,
  type CanonicalRules,
  canonicalQuery,
  canonicalRequest,
  deriveSigningKey,
  encodeComponent,
  parseQuery,
  type Scope,
  type SignableRequest,
  scopeText,
  sha256Hex,
  signature,
  stringToSign,
} from './canonical.ts';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SigningOptions {
  readonly region: string;
  /** Default `kms`. */
  readonly service?: string;
  readonly nowMs: number;
  /** Default: as the doors verify. */
  readonly rules?: CanonicalRules;
  /** Adds and signs `x-amz-content-sha256`. */
  readonly signBody?: boolean;
}

export const defaultRules: CanonicalRules = { normalizePath: false, doubleEncode: true, omitSessionToken: false };

/** Fields that intermediaries change or that carry the signature itself. */
const neverSigned: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'expect',
  'transfer-encoding',
  'user-agent',
  'x-amzn-trace-id',
]);

type Headers = SignableRequest['headers'];

/** @returns the request's headers with the signature's added; the request must already carry `host`. */
export function sign(request: SignableRequest, credentials: SigningCredentials, options: SigningOptions): Headers {
  const scope = scopeOf(options, formatTimestamp(options.nowMs));
  return signWith(request, { ...credentials, signingKey: signingKeyOf(credentials.secretAccessKey, scope) }, options);
}

/** Deriving a key costs more than the signature itself, and a client signs thousands of requests of one day with it. */
const derived = new Map<string, Uint8Array>();
const KEYS_KEPT = 64;

function signingKeyOf(secret: string, scope: Scope): Uint8Array {
  const name = `${scopeText(scope)} ${secret}`;
  const known = derived.get(name);
  if (known) return known;
  if (derived.size >= KEYS_KEPT) derived.clear();
  const key = deriveSigningKey(secret, scope);
  derived.set(name, key);
  return key;
}

/** The same with the signing key of the scope in place of the secret. */
export function signWith(
  request: SignableRequest,
  credentials: Omit<SigningCredentials, 'secretAccessKey'> & { readonly signingKey: Uint8Array },
  options: SigningOptions,
): Headers {
  const timestamp = formatTimestamp(options.nowMs);
  const rules = options.rules ?? defaultRules;
  const sessionTokenPart: Headers = credentials.sessionToken
    ? [['X-Amz-Security-Token', credentials.sessionToken]]
    : [];
  const headers: Headers = [
    ...request.headers,
    ...(rules.omitSessionToken ? [] : sessionTokenPart),
    ['X-Amz-Date', timestamp],
    ...(options.signBody ? [['x-amz-content-sha256', sha256Hex(request.body)] as const] : []),
  ];
  const scope = scopeOf(options, timestamp);
  const signedHeaders = signable(headers);
  const query = canonicalQuery(parseQuery(request.rawQuery));
  const canonical = canonicalRequest({ ...request, headers }, signedHeaders, query, rules);
  const authorization =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scopeText(scope)}, ` +
    `SignedHeaders=${signedHeaders.join(';')}, ` +
    `Signature=${signature(credentials.signingKey, stringToSign(timestamp, scope, canonical)).toString('hex')}`;
  return [...headers, ...(rules.omitSessionToken ? sessionTokenPart : []), ['Authorization', authorization]];
}

/** A request as `fetch` takes it. */
export interface FetchRequest extends Omit<SigningOptions, 'rules'> {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly credentials: SigningCredentials;
}

/** @returns the headers to send; `host`, which the client derives from the URL, is signed and left out. */
export function signRequest(request: FetchRequest): Record<string, string> {
  const { method, url, headers, body, credentials, ...options } = request;
  const signable: SignableRequest = {
    method,
    rawPath: url.pathname,
    rawQuery: url.search.slice(1),
    headers: [['host', url.host], ...Object.entries(headers)],
    body,
  };
  const signed = sign(signable, credentials, options).filter(([name]) => name !== 'host');
  return Object.fromEntries(signed.map(([name, value]) => [name.toLowerCase(), value]));
}

/** @returns the query (without `?`) that makes the request valid for `expiresInSeconds` without further headers. */
export function presign(
  request: SignableRequest,
  credentials: SigningCredentials,
  options: SigningOptions & { readonly expiresInSeconds: number },
): string {
  const timestamp = formatTimestamp(options.nowMs);
  const rules = options.rules ?? defaultRules;
  const scope = scopeOf(options, timestamp);
  const signedHeaders = signable(request.headers);
  const sessionTokenPart = credentials.sessionToken
    ? [`X-Amz-Security-Token=${encodeComponent(credentials.sessionToken)}`]
    : [];
  const covered = [
    ...(request.rawQuery === '' ? [] : [request.rawQuery]),
    `X-Amz-Algorithm=${ALGORITHM}`,
    `X-Amz-Credential=${encodeComponent(`${credentials.accessKeyId}/${scopeText(scope)}`)}`,
    `X-Amz-Date=${timestamp}`,
    `X-Amz-SignedHeaders=${encodeComponent(signedHeaders.join(';'))}`,
    `X-Amz-Expires=${options.expiresInSeconds}`,
    ...(rules.omitSessionToken ? [] : sessionTokenPart),
  ].join('&');
  const canonical = canonicalRequest(request, signedHeaders, canonicalQuery(parseQuery(covered)), rules);
  const key = deriveSigningKey(credentials.secretAccessKey, scope);
  const signed = signature(key, stringToSign(timestamp, scope, canonical)).toString('hex');
  return [covered, ...(rules.omitSessionToken ? sessionTokenPart : []), `X-Amz-Signature=${signed}`].join('&');
}

/** YYYYMMDDTHHMMSSZ */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

const scopeOf = (options: SigningOptions, timestamp: string): Scope => ({
  date: timestamp.slice(0, 8),
  region: options.region,
  service: options.service ?? 'kms',
});

function signable(headers: Headers): readonly string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...names].filter((name) => !neverSigned.has(name)).sort();
}
