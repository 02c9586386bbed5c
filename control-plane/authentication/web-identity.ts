/**
 * Verifies identity tokens of OpenID Connect providers, before anything else is done for the caller. A token is valid
 * when a provider that is registered in the role's account issued it for one of the provider's audiences, the present
 * is within its times, and one of the provider's keys signed it.
 * Sources: OpenID Connect Core 1.0, section 3.1.3.7; RFC 7519; RFC 8725 (asymmetric algorithms only); IAM User Guide,
 * "OIDC federation", "Available keys for AWS OIDC federation"; "Pass session tags in AWS STS", tokens' principal tags.
 *
 * The keys are those registered with the provider, or fetched over HTTPS from the provider's registered address, never
 * from an address in a token. Certificate thumbprints are stored but not used: the connection is verified as any other.
 */
import { createHash } from 'node:crypto';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import {
  type CompactVerifyGetKey,
  type CryptoKey,
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose';
import type { WebIdentity } from '../domain/identities/web-identity.ts';
import type { OidcProviderReader } from '../storage/port/identities/oidc-providers.ts';
import type { OidcProviderRow } from '../storage/port/tables.ts';

export interface WebIdentities {
  /**
   * @throws KmsError InvalidIdentityTokenException, ExpiredIdentityTokenException, IDPCommunicationErrorException,
   * IDPRejectedClaimException
   */
  verify(
    identityToken: string,
    role: { readonly accountId: string; readonly partition: string },
    nowMs: number,
  ): Promise<WebIdentity>;
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const SKEW_MS = limits.clockSkewInSeconds * 1000;
const TAGS_CLAIM = 'https://aws.amazon.com/tags';
const SOURCE_IDENTITY_CLAIM = 'https://aws.amazon.com/source_identity';

const invalid = (message: string) => new KmsError('InvalidIdentityTokenException', message);

export type FetchKeys = (provider: Pick<OidcProviderRow, 'url' | 'jwks_uri'>) => Promise<KeySource>;

export interface KeySource {
  readonly keys: JSONWebKeySet;
  /** Fetches the set again; undefined when it was fetched a moment ago. */
  refetch?(): Promise<JSONWebKeySet | undefined>;
}

export function createWebIdentities(
  store: Pick<OidcProviderReader, 'findOidcProvider'>,
  fetchKeys: FetchKeys,
): WebIdentities {
  return {
    async verify(identityToken, { accountId, partition }, nowMs) {
      const claimed = unlessMalformed(() => ({
        header: decodeProtectedHeader(identityToken),
        payload: decodeJwt(identityToken),
      }));
      if (!ALGORITHMS.includes(String(claimed.header.alg))) {
        throw invalid(`The token is signed with ${String(claimed.header.alg).slice(0, 32)}, which is not accepted.`);
      }
      const { iss: issuer } = claimed.payload;
      if (typeof issuer !== 'string' || !issuer.startsWith('https://')) throw invalid('Issuer must be a valid URL.');
      const url = issuer.slice('https://'.length);
      const provider = await store.findOidcProvider(`arn:${partition}:iam::${accountId}:oidc-provider/${url}`);
      if (!provider) throw invalid(`No OpenIDConnect provider found in your account for ${issuer}`);
      const payload = await verifySignature(identityToken, provider, fetchKeys);
      requireDistinctNames(payload);
      requireInTime(payload, nowMs);
      const signed = identityToken.slice(0, identityToken.lastIndexOf('.'));
      return {
        ...identityOf(provider, issuer, payload),
        tokenDigest: createHash('sha256').update(signed).digest('hex'),
        expiresAtMs: Number(payload.exp) * 1000,
      };
    },
  };
}

function unlessMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  }
}

/** Tries the keys at hand and, if the token's key is not among them, newly fetched ones: providers rotate keys. */
async function verifySignature(
  identityToken: string,
  provider: OidcProviderRow,
  fetchKeys: FetchKeys,
): Promise<JWTPayload> {
  const source: KeySource =
    provider.jwks === null ? await fetchKeys(provider) : { keys: JSON.parse(provider.jwks) as JSONWebKeySet };
  const first = await signedPayload(identityToken, source.keys);
  const renewed = first === 'no key' ? await source.refetch?.() : undefined;
  const payload = renewed ? await signedPayload(identityToken, renewed) : first;
  if (payload === 'no key') {
    throw invalid(
      "Couldn't retrieve verification key from your identity provider: none of its keys matches the token.",
    );
  }
  return payload;
}

/** Does not check the times; `requireInTime` checks them by our own clock. */
async function signedPayload(identityToken: string, keys: JSONWebKeySet): Promise<JWTPayload | 'no key'> {
  const verified = async (keyOf: CompactVerifyGetKey) => {
    const { payload, key } = await compactVerify(identityToken, keyOf, { algorithms: ALGORITHMS });
    if (!isSignatureWhole(identityToken, key)) throw new errors.JWSSignatureVerificationFailed();
    return payload;
  };
  const decode = (payload: Uint8Array) =>
    unlessMalformed(() => JSON.parse(Buffer.from(payload).toString()) as JWTPayload);
  try {
    return decode(await verified(createLocalJWKSet(keys)));
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'no key';
    if (error instanceof errors.JWKSMultipleMatchingKeys) {
      // The token does not name its key: any key that fits its algorithm can have signed it.
      for await (const key of error) {
        const payload = await verified(() => key).catch(() => undefined);
        if (payload) return decode(payload);
      }
    }
    if (error instanceof KmsError) throw error;
    throw invalid('The token signature is invalid.');
  }
}

/**
 * RFC 8017 sections 8.1.2 and 8.2.2, step 1: an RSA signature is as long as the modulus. OpenSSL takes a PSS signature
 * without its leading zero bytes.
 */
function isSignatureWhole(identityToken: string, key: CryptoKey | Uint8Array): boolean {
  if (!('algorithm' in key && 'modulusLength' in key.algorithm)) return true;
  const signature = Buffer.from(identityToken.slice(identityToken.lastIndexOf('.') + 1), 'base64url');
  return signature.length === Math.ceil(Number(key.algorithm.modulusLength) / 8);
}

/** Condition keys are not case-sensitive: of two such claims, the one that the user chose could stand for the other. */
function requireDistinctNames(payload: JWTPayload): void {
  const names = new Set<string>();
  for (const name of Object.keys(payload)) {
    const inLowerCase = name.toLowerCase();
    if (names.has(inLowerCase)) throw invalid('The token has claims whose names differ only in case.');
    names.add(inLowerCase);
  }
}

function requireInTime({ exp, iat, nbf }: JWTPayload, nowMs: number): void {
  if (typeof exp !== 'number' || typeof iat !== 'number') throw invalid('Token must contain exp and iat claims.');
  if (exp * 1000 <= nowMs) {
    const seconds = Math.floor(nowMs / 1000);
    throw new KmsError(
      'ExpiredIdentityTokenException',
      `Token expired: current date/time ${seconds} must be before the expiration date/time ${exp}`,
    );
  }
  if (Math.max(iat, typeof nbf === 'number' ? nbf : iat) * 1000 > nowMs + SKEW_MS) {
    throw invalid('The token is not valid yet.');
  }
}

/**
 * A token that names an authorized party (`azp`) is for that party; its audiences are then the original ones (`oaud`).
 */
function identityOf(
  provider: OidcProviderRow,
  issuer: string,
  payload: JWTPayload,
): Omit<WebIdentity, 'tokenDigest' | 'expiresAtMs'> {
  const { sub: subject, aud, azp } = payload;
  if (typeof subject !== 'string' || subject === '') throw invalid('Missing a required claim: sub');
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? []);
  const clients = JSON.parse(provider.client_ids) as readonly string[];
  const audience = (typeof azp === 'string' ? [azp] : audiences).find((client) => clients.includes(client));
  if (audience === undefined) throw invalid('Incorrect token audience');
  const claims = {
    ...conditionKeys(provider.url, payload),
    [`${provider.url}:aud`.toLowerCase()]: audience,
    ...(typeof azp === 'string' && { [`${provider.url}:${ORIGINAL_AUDIENCES}`.toLowerCase()]: audiences }),
  };
  const sourceIdentity = payload[SOURCE_IDENTITY_CLAIM];
  if (
    sourceIdentity !== undefined &&
    !(typeof sourceIdentity === 'string' && /^[\w+=,.@-]{2,64}$/.test(sourceIdentity))
  ) {
    throw rejected(SOURCE_IDENTITY_CLAIM);
  }
  return {
    providerArn: provider.arn,
    providerUrl: provider.url,
    issuer,
    subject,
    audience,
    claims,
    ...tagsOf(payload[TAGS_CLAIM]),
    ...defined({ sourceIdentity }),
  };
}

/**
 * Names of claims that have a meaning of their own; claim names are case-sensitive (RFC 7519 section 4).
 * Sources: RFC 7519 section 4.1; OpenID Connect Core 1.0, section 2.
 */
const REGISTERED_CLAIMS: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash'],
]);

/** Not a claim: the condition key of the audiences of a token that names an authorized party. */
const ORIGINAL_AUDIENCES = 'oaud';

/**
 * Strings, numbers and booleans, alone or in lists; conditions cannot ask about nested values. A claim that only looks
 * like a registered one (`SUB`) does not become the registered one's condition key.
 */
function conditionKeys(url: string, payload: JWTPayload): Record<string, string | readonly string[]> {
  const plain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  const keys: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(payload)) {
    const inLowerCase = name.toLowerCase();
    if (inLowerCase === ORIGINAL_AUDIENCES) continue;
    if (REGISTERED_CLAIMS.has(inLowerCase) && name !== inLowerCase) continue;
    const key = `${url}:${name}`.toLowerCase();
    if (plain(value)) keys[key] = String(value);
    else if (Array.isArray(value) && value.every(plain)) keys[key] = value.map(String);
  }
  return keys;
}

/** `{"principal_tags": {"Team": ["payments"]}, "transitive_tag_keys": ["Team"]}` */
function tagsOf(claim: unknown): Pick<WebIdentity, 'tags' | 'transitiveTagKeys'> {
  if (claim === undefined) return { tags: {}, transitiveTagKeys: [] };
  const { principal_tags: tags = {}, transitive_tag_keys: transitive = [] } = (claim ?? {}) as {
    readonly principal_tags?: unknown;
    readonly transitive_tag_keys?: unknown;
  };
  if (typeof tags !== 'object' || tags === null || !isTexts(transitive)) throw rejected(TAGS_CLAIM);
  const entries = Object.entries(tags).map(([key, values]) => {
    const [value, ...more] = isTexts(values) ? values : [];
    if (value === undefined || more.length > 0) throw rejected(TAGS_CLAIM);
    return [key, value] as const;
  });
  return { tags: Object.fromEntries(entries), transitiveTagKeys: transitive };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const rejected = (claim: string) =>
  new KmsError('IDPRejectedClaimException', `The claim ${claim} of the token is not in the form that STS reads.`);
