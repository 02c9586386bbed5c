/**
 * Verifies Signature Version 4, in the header and in the presigned query form. Three steps, so that the door never
 * holds a secret: `parseAuthorization` reads what the caller claims, `checkDate` tests the window, and
 * `verifySignature` compares under the day's signing key, which the hsm derives.
 * Sources: IAM User Guide, "Signature Version 4 signing process" and "Troubleshoot signature errors".
 *
 * Stricter than AWS's description where that would leave something unsigned: every `x-amz-*` header and the host must
 * be signed, no field that the door acts on can appear twice, a declared body hash must be the body's (UNSIGNED-PAYLOAD
 * is refused), and a request cannot use the header form and the query form together.
 */
import { timingSafeEqual } from 'node:crypto';
import { isRegion } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import { LruMap } from '../runtime/lru-map.ts';
import {
  ALGORITHM,
  type CanonicalRules,
  canonicalQuery,
  canonicalRequest,
  parseQuery,
  type QueryParameter,
  SCOPE_TERMINATOR,
  type Scope,
  type SignableRequest,
  type SigningKey,
  sha256Hex,
  signature,
  stringToSign,
} from './canonical.ts';
import { defaultRules, formatTimestamp } from './sign.ts';

export {
  type CanonicalRules,
  deriveSigningKey,
  type Scope,
  type SignableRequest,
  type SigningKey,
} from './canonical.ts';
export {
  defaultRules,
  presign,
  type SigningCredentials,
  type SigningOptions,
  sign,
  signRequest,
} from './sign.ts';

/** What the caller claims; nothing in it is proven before `verifySignature` returns. */
export interface ParsedSignature extends Scope {
  readonly form: 'header' | 'query';
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  /** YYYYMMDDTHHMMSSZ */
  readonly timestamp: string;
  readonly signedAtMs: number;
  /** Presigned form only. */
  readonly expiresInSeconds?: number;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  readonly signature: Uint8Array;
}

export interface VerifierRules extends CanonicalRules {
  /** Services to which a credential can be scoped. */
  readonly services: readonly string[];
  /** Regions to which a credential can be scoped; absent: every well-formed one. */
  readonly regions?: ReadonlySet<string>;
  /** Lower-case names of headers that the door acts on: signed when present, and never twice. */
  readonly mustBeSigned: readonly string[];
}

export const kmsRules: VerifierRules = { ...defaultRules, services: ['kms'], mustBeSigned: [] };

const SKEW_MS = limits.clockSkewInSeconds * 1000;
const MAX_EXPIRES_IN_SECONDS = 7 * 24 * 60 * 60;

const incomplete = (message: string) => new KmsError('IncompleteSignatureException', message);
const invalid = (message: string) => new KmsError('InvalidSignatureException', message);

/**
 * @throws KmsError MissingAuthenticationTokenException without credentials; IncompleteSignatureException when a part
 * is missing or unreadable; InvalidSignatureException for a wrong scope, an unsigned or an ambiguous field.
 */
export function parseAuthorization(request: SignableRequest, rules: VerifierRules = kmsRules): ParsedSignature {
  const fields = singleFields(request, rules);
  const authorization = fields.get('authorization');
  const parameters = signatureParameters(request);
  if (parameters.size > 0 && authorization !== undefined) {
    throw invalid('Only one auth mechanism allowed; only the Authorization header or the X-Amz query parameters.');
  }
  if (parameters.size === 0 && authorization === undefined) {
    throw new KmsError('MissingAuthenticationTokenException', messages.missingAuthenticationToken);
  }
  const parsed =
    authorization === undefined ? parseQueryForm(parameters, rules) : parseHeaderForm(fields, authorization, rules);
  requireCoverage(fields, parsed, rules);
  requireBodyHash(fields, request.body, parameters);
  return parsed;
}

/**
 * Requires that the scope has the date of the request and that the signature is valid now: in the header form from five
 * minutes before its date to five minutes after, in the presigned form until it expires.
 * @throws KmsError InvalidSignatureException
 */
export function checkDate(parsed: ParsedSignature, nowMs: number): void {
  const requestDate = parsed.timestamp.slice(0, 8);
  if (parsed.date !== requestDate) {
    throw invalid(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${parsed.date}' != '${requestDate}', from '${parsed.timestamp}'.`,
    );
  }
  if (parsed.signedAtMs > nowMs + SKEW_MS) {
    const latest = formatTimestamp(nowMs + SKEW_MS);
    const now = formatTimestamp(nowMs);
    throw invalid(`Signature not yet current: ${parsed.timestamp} is still later than ${latest} (${now} + 5 min.)`);
  }
  const lifeMs = parsed.expiresInSeconds === undefined ? SKEW_MS : parsed.expiresInSeconds * 1000;
  if (parsed.signedAtMs + lifeMs < nowMs) {
    const age = parsed.expiresInSeconds === undefined ? '5 min.' : `${parsed.expiresInSeconds} sec.`;
    const earliest = formatTimestamp(nowMs - lifeMs);
    const now = formatTimestamp(nowMs);
    throw invalid(`Signature expired: ${parsed.timestamp} is now earlier than ${earliest} (${now} - ${age})`);
  }
}

/**
 * @param signingKey the key of exactly this date, Region and service
 * @throws KmsError InvalidSignatureException
 */
export function verifySignature(
  parsed: ParsedSignature,
  request: SignableRequest,
  signingKey: SigningKey,
  rules: VerifierRules = kmsRules,
): void {
  const expected = signature(signingKey, signedText(parsed, request, rules).stringToSign);
  if (parsed.signature.length !== expected.length || !timingSafeEqual(parsed.signature, expected)) {
    throw invalid(messages.signatureMismatch);
  }
}

/** The two texts that are signed; the author of a client can compare them with the client's own. */
export function signedText(
  parsed: ParsedSignature,
  request: SignableRequest,
  rules: VerifierRules = kmsRules,
): { readonly canonicalRequest: string; readonly stringToSign: string } {
  const left = parsed.form === 'header' ? none : notCovered(rules);
  const query = parseQuery(request.rawQuery);
  const covered = left.length === 0 ? query : query.filter(({ name }) => !left.includes(name.toString()));
  const canonical = canonicalRequest(request, parsed.signedHeaders, canonicalQuery(covered), rules);
  return { canonicalRequest: canonical, stringToSign: stringToSign(parsed.timestamp, parsed, canonical) };
}

const none: readonly string[] = [];

const notCovered = (rules: CanonicalRules) =>
  rules.omitSessionToken ? ['X-Amz-Signature', 'X-Amz-Security-Token'] : ['X-Amz-Signature'];

/** The request's fields by lower-case name, the first of each. */
type Fields = ReadonlyMap<string, string>;

const single: ReadonlySet<string> = new Set(['authorization', 'host', 'date', 'content-type', 'content-length']);

/** Fields that decide something must not be ambiguous. @throws KmsError InvalidSignatureException */
function singleFields(request: SignableRequest, rules: VerifierRules): Fields {
  const fields = new Map<string, string>();
  for (const [sent, value] of request.headers) {
    const name = sent.toLowerCase();
    if (!fields.has(name)) {
      fields.set(name, value.trim());
    } else if (single.has(name) || name.startsWith('x-amz-') || rules.mustBeSigned.includes(name)) {
      throw invalid(`Header '${name}' must not appear more than once.`);
    }
  }
  return fields;
}

const noParameters: ReadonlyMap<string, string> = new Map();

/** The parameters of the presigned form, by exact name; empty when the query has no signature. */
function signatureParameters(request: SignableRequest): ReadonlyMap<string, string> {
  if (request.rawQuery === '') return noParameters;
  const found = new Map<string, string>();
  for (const { name, value } of parseQuery(request.rawQuery) satisfies readonly QueryParameter[]) {
    const text = name.toString();
    if (!/^x-amz-/i.test(text)) continue;
    if (found.has(text)) throw invalid(`Query parameter '${text}' must not appear more than once.`);
    found.set(text, value.toString());
  }
  const signs = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature'].some((name) => found.has(name));
  return signs ? found : new Map();
}

function parseHeaderForm(fields: Fields, authorization: string, rules: VerifierRules): ParsedSignature {
  const date = fields.get('x-amz-date') ?? fields.get('date');
  const { claim, signature } = repeatedClaim(authorization, date, rules) ?? parseHeader(authorization, date, rules);
  const sessionToken = fields.get('x-amz-security-token');
  return {
    form: 'header',
    ...claim,
    ...parseDate(date ?? ''),
    ...defined({ sessionToken }),
    signature: parseHex(signature),
  };
}

/** The part of the Authorization header that a client repeats all day. */
type Claim = Scope & Pick<ParsedSignature, 'accessKeyId' | 'signedHeaders'>;

interface ReadHeader {
  readonly claim: Claim;
  readonly signature: string;
}

const SIGNATURE_MARK = ', Signature=';
const SIGNATURE_HEX_DIGITS = 64;
const REMEMBERED_CLAIMS = 1024;
/** Claims that were read without a fault, by the text before their signature. */
const claims = new LruMap<string, { readonly claim: Claim; readonly rules: VerifierRules }>(REMEMBERED_CLAIMS);

/** undefined: the header must be read whole. */
function repeatedClaim(authorization: string, date: string | undefined, rules: VerifierRules): ReadHeader | undefined {
  const end = authorization.length - SIGNATURE_HEX_DIGITS;
  if (!date || !authorization.endsWith(SIGNATURE_MARK, end)) return undefined;
  const known = claims.get(authorization.slice(0, end));
  return known?.rules === rules ? { claim: known.claim, signature: authorization.slice(end) } : undefined;
}

function parseHeader(authorization: string, date: string | undefined, rules: VerifierRules): ReadHeader {
  const [algorithm = '', ...rest] = authorization.split(/\s+/);
  const parts = algorithm === ALGORITHM ? authorizationParts(rest.join(' ')) : new Map<string, string>();
  if (algorithm !== ALGORITHM && /^AWS\d/.test(algorithm)) {
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}'. Only AWS4-HMAC-SHA256 is supported.`);
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parts.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (!date) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (missing.length > 0) throw incomplete([...missing, `Authorization=${withoutSignature(authorization)}`].join(' '));
  const claim = {
    ...parseCredential(parts.get('Credential') ?? '', rules),
    signedHeaders: parseSignedHeaders(parts.get('SignedHeaders') ?? ''),
  };
  const signature = parts.get('Signature') ?? '';
  if (authorization.endsWith(`${SIGNATURE_MARK}${signature}`)) {
    claims.set(authorization.slice(0, -signature.length), { claim, rules });
  }
  return { claim, signature };
}

/** `Name=value` parts between commas. */
function authorizationParts(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0));
    if (equals <= 0) throw incomplete(`'${part.slice(0, 100)}' not a valid key=value pair (missing equal-sign).`);
    if (parts.has(name)) throw incomplete(`Authorization header has more than one '${name}' parameter.`);
    parts.set(name, part.slice(equals + 1));
  }
  return parts;
}

/** The header as an error text can repeat it: a valid signature could be replayed. */
const withoutSignature = (authorization: string) => authorization.replace(/(Signature=)[^,\s]*/g, '$1…').slice(0, 1024);

function parseQueryForm(parameters: ReadonlyMap<string, string>, rules: VerifierRules): ParsedSignature {
  const required = ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date', 'Expires'];
  const missing = required.filter((name) => !parameters.get(`X-Amz-${name}`));
  if (missing.length > 0) {
    throw incomplete(missing.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`).join(' '));
  }
  const read = (name: string) => parameters.get(`X-Amz-${name}`) ?? '';
  if (read('Algorithm') !== ALGORITHM) {
    throw incomplete(`Unsupported AWS 'algorithm': '${read('Algorithm')}'. Only AWS4-HMAC-SHA256 is supported.`);
  }
  const sessionToken = parameters.get('X-Amz-Security-Token');
  return {
    form: 'query',
    ...parseCredential(read('Credential'), rules),
    ...parseDate(read('Date')),
    ...defined({ sessionToken }),
    expiresInSeconds: parseExpiry(read('Expires')),
    signedHeaders: parseSignedHeaders(read('SignedHeaders')),
    signature: parseHex(read('Signature')),
  };
}

function parseExpiry(text: string): number {
  const seconds = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > MAX_EXPIRES_IN_SECONDS) {
    throw invalid(`X-Amz-Expires must be between 1 and ${MAX_EXPIRES_IN_SECONDS} seconds (a week).`);
  }
  return seconds;
}

function parseCredential(text: string, rules: VerifierRules): Scope & { readonly accessKeyId: string } {
  const parts = text.split('/');
  const [accessKeyId = '', date = '', region = '', service = '', terminator = ''] = parts;
  if (parts.length !== 5 || accessKeyId === '') {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${text}'`,
    );
  }
  const faults = [
    /^[0-9]{8}$/.test(date) ? '' : `Date in Credential scope must be YYYYMMDD, not '${date}'.`,
    isRegion(region) && (rules.regions?.has(region) ?? true) ? '' : messages.wrongRegion(region),
    rules.services.includes(service) ? '' : messages.wrongService(rules.services.join("' or '")),
    terminator === SCOPE_TERMINATOR
      ? ''
      : `Credential should be scoped with a valid terminator: '${SCOPE_TERMINATOR}', not '${terminator}'.`,
  ].filter((fault) => fault !== '');
  if (faults.length > 0) throw invalid(faults.join(' '));
  return { accessKeyId, date, region, service };
}

type ReadDate = Pick<ParsedSignature, 'timestamp' | 'signedAtMs'>;

/** The date that was read last: the requests of one second have the same. */
let lastDate: { readonly text: string; readonly read: ReadDate } | undefined;

function parseDate(text: string): ReadDate {
  if (lastDate?.text === text) return lastDate.read;
  const read = readDate(text);
  lastDate = { text, read };
  return read;
}

/** ISO 8601 basic form; a `Date` header can also have the form of RFC 9110, section 5.6.7. */
function readDate(text: string): ReadDate {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (basic) return { timestamp: text, signedAtMs: basicToMs(basic) ?? refuseDate(text) };
  const imf = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text);
  const signedAtMs = imf ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(signedAtMs)) refuseDate(text);
  return { timestamp: formatTimestamp(signedAtMs), signedAtMs };
}

/** @returns undefined for a date that would roll over, such as 31 February */
function basicToMs([, ...digits]: readonly string[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isSame = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  return isSame && minute < 60 && second < 60 ? date.getTime() : undefined;
}

function refuseDate(text: string): never {
  throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`);
}

function parseSignedHeaders(text: string): readonly string[] {
  const names = text.split(';');
  const ordered = names.every(
    (name, i) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && (i === 0 || (names[i - 1] ?? '') < name),
  );
  if (!ordered) throw invalid('SignedHeaders must be lower-case header names, sorted, each once.');
  return names;
}

function parseHex(text: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(text)) throw invalid(messages.signatureMismatch);
  return Buffer.from(text, 'hex');
}

/** Requires that the host, the date and every field that the door acts on are signed. */
function requireCoverage(sent: Fields, parsed: ParsedSignature, rules: VerifierRules): void {
  const { signedHeaders } = parsed;
  const isSigned = (name: string) => signedHeaders.includes(name);
  if (!isSigned('host')) throw invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  if (parsed.form === 'header' && !isSigned(sent.has('x-amz-date') ? 'x-amz-date' : 'date')) {
    throw invalid("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const name of sent.keys()) {
    const free = name === 'x-amz-security-token' && rules.omitSessionToken;
    const must = name.startsWith('x-amz-') || rules.mustBeSigned.includes(name);
    if (must && !free && !isSigned(name)) {
      throw invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
  for (const name of signedHeaders) {
    if (!sent.has(name)) throw invalid(`Signed header '${name}' is not in the request.`);
  }
}

/** Requires that a declared hash is the body's; the signature covers the real hash in any case. */
function requireBodyHash(fields: Fields, body: Uint8Array, parameters: ReadonlyMap<string, string>): void {
  const declared = fields.get('x-amz-content-sha256') ?? parameters.get('X-Amz-Content-Sha256');
  if (declared === undefined) return;
  // Payload forms of Amazon S3: the body would be unsigned, or signed in chunks that nothing here checks.
  if (/^(UNSIGNED-PAYLOAD|STREAMING-)/.test(declared)) {
    throw invalid(`${declared.slice(0, 64)} is not supported: sign the SHA-256 of the request's body.`);
  }
  if (declared !== sha256Hex(body)) {
    throw invalid("The value of 'x-amz-content-sha256' is not the SHA-256 of the request's body.");
  }
}
