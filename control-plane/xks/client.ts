/**
 * Client of the external key store proxy API, version 1: HTTPS only, signed with Signature Version 4, one deadline from
 * the first byte out to the last byte in. A proxy is a foreign program on another network: every member of its answers
 * is checked, and its texts are logged but never passed to a caller. Every failure leaves one line in the log.
 * Source: AWS KMS External Key Store Proxy API specification 1.0.3.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.ts';
import {
  EXTERNAL_IV_LENGTHS_IN_BYTES,
  MAX_CIPHERTEXT_METADATA_BYTES,
} from '../domain/key-stores/key-store-ciphertext.ts';
import { type XksFailure, xksFailures } from '../domain/key-stores/xks-failures.ts';
import { TAG_BYTES } from '../domain/keys/ciphertext.ts';
import type { CredentialService } from '../hsm/port/credentials.ts';
import { LruMap } from '../runtime/lru-map.ts';
import { signWith } from '../sigv4/sign.ts';
import {
  type ExternalKeyMetadata,
  type ExternallySealed,
  secretOwner,
  type Xks,
  XksError,
  type XksProxy,
  type XksRequestMetadata,
} from './port/xks.ts';
import { printable } from './printable.ts';
import {
  createTransport,
  type ProxyAddressing,
  type ProxyResponse,
  type Transport,
  type TransportOptions,
} from './transport.ts';

const SERVICE = 'kms-xks-proxy';
const CIPHER = 'AES_GCM';
const MAX_KEY_USAGES = 10;
const MAX_FLEET_MEMBERS = 10;
const MAX_LOGGED_TEXT = 512;
const MAX_METADATA_TEXT = 64;
const REMEMBERED_SIGNING_KEYS = 256;

export interface XksClientOptions extends TransportOptions {
  readonly credentials: CredentialService;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface XksClient extends Xks {
  /** Uses other authorities and addresses for new calls. */
  readdress(addressing: ProxyAddressing): void;
}

export function createXksClient(options: XksClientOptions): XksClient {
  const transport = createTransport(options);
  const call = loggedCalls(signedCalls(options, transport), options.log);
  return {
    getHealthStatus: (proxy, requestMetadata) =>
      call(proxy, 'health', { requestMetadata }, requestMetadata, requireHealthy),
    getKeyMetadata: (proxy, externalKeyId, requestMetadata) =>
      call(proxy, `keys/${externalKeyId}/metadata`, { requestMetadata }, requestMetadata, keyMetadata),
    encrypt(proxy, externalKeyId, { plaintext, additionalData, metadata }) {
      const body = {
        requestMetadata: metadata,
        additionalAuthenticatedData: base64(additionalData),
        plaintext: base64(plaintext),
        encryptionAlgorithm: CIPHER,
        ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
      };
      return call(proxy, `keys/${externalKeyId}/encrypt`, body, metadata, (answer) =>
        sealed(answer, plaintext.length, additionalData),
      );
    },
    decrypt(proxy, externalKeyId, { requestMetadata, additionalData, iv, metadata, ciphertext, tag }) {
      const body = {
        requestMetadata,
        additionalAuthenticatedData: base64(additionalData),
        ciphertext: base64(ciphertext),
        ...(metadata.length > 0 && { ciphertextMetadata: base64(metadata) }),
        encryptionAlgorithm: CIPHER,
        initializationVector: base64(iv),
        authenticationTag: base64(tag),
      };
      return call(proxy, `keys/${externalKeyId}/decrypt`, body, requestMetadata, ({ plaintext }) =>
        requireBytes('plaintext', plaintext, (length) => length === ciphertext.length),
      );
    },
    readdress: (addressing) => transport.readdress(addressing),
    close: () => transport.close(),
  };
}

type SignedCall = (proxy: XksProxy, path: string, body: object) => Promise<Members>;

/** Reads the answer of a call; a failure leaves one line with its cause, the key store and the request. */
function loggedCalls(call: SignedCall, log: Logger) {
  return async <Result>(
    proxy: XksProxy,
    path: string,
    body: object,
    { kmsRequestId: requestId, kmsOperation }: XksRequestMetadata,
    read: (answer: Members) => Result,
  ): Promise<Result> => {
    try {
      return read(await call(proxy, path, body));
    } catch (error) {
      if (error instanceof XksError) {
        const { keyStoreId: customKeyStoreId, uriEndpoint, uriPath } = proxy;
        const about = { customKeyStoreId, requestId, kmsOperation, uri: `${uriEndpoint}${uriPath}/${path}` };
        log.warn(
          { ...about, failure: error.failure, cause: error.message },
          'an external key store proxy could not be used: see its cause, and the log of the proxy',
        );
      }
      throw error;
    }
  };
}

/** Signs and posts a call, and answers the members of the proxy's answer; the call throws XksError. */
function signedCalls({ credentials, clock }: XksClientOptions, transport: Transport): SignedCall {
  const signingKeyOf = signingKeys(credentials);
  return async (proxy, path, body) => {
    const nowMs = clock.now();
    const rawPath = `${proxy.uriPath}/${path}`;
    const payload = Buffer.from(JSON.stringify(body));
    const { hostname } = new URL(proxy.uriEndpoint);
    // Signs only what the specification's appendix A signs: host and x-amz-date. A proxy's load balancer may change
    // the other headers.
    const request = { method: 'POST', rawPath, rawQuery: '', headers: [['host', hostname]] as const, body: payload };
    const scope = { region: proxy.region, service: SERVICE };
    const signingKey = await signingKeyOf(proxy, { ...scope, date: dateOf(nowMs) });
    const signed = signWith(request, { accessKeyId: proxy.accessKeyId, signingKey }, { ...scope, nowMs });
    const headers = {
      ...Object.fromEntries(signed),
      'content-type': 'application/json',
      'content-length': String(payload.length),
    };
    const response = await transport.post({ hostname, path: rawPath, headers, payload });
    if (response.status === 200) return membersOf(response);
    throw refusal(response);
  };
}

/** The proxy's error name for the caller, if the specification has it; its status, name and text for the log. */
function refusal(response: ProxyResponse): XksError {
  const { errorName, errorMessage } = errorMembersOf(response);
  const known = typeof errorName === 'string' && /^[A-Z]/.test(errorName) && Object.hasOwn(xksFailures, errorName);
  const said = [errorName, errorMessage].filter((text) => typeof text === 'string');
  const detail = `it answered with HTTP status ${response.status}${said.length === 0 ? '' : `, ${said.join(': ')}`}`;
  return new XksError(known ? (errorName as XksFailure) : 'malformed', printable(detail, MAX_LOGGED_TEXT));
}

/** Nothing for a body that is not an error of the specification. */
function errorMembersOf(response: ProxyResponse): Members {
  try {
    return membersOf(response);
  } catch {
    return {};
  }
}

interface Scope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The HSM derives the day's signing key from the wrapped secret; this process sees only that key. */
function signingKeys(credentials: CredentialService) {
  const derived = new LruMap<string, Uint8Array>(REMEMBERED_SIGNING_KEYS);
  return async (proxy: XksProxy, scope: Scope): Promise<Uint8Array> => {
    const name = [scope.date, scope.region, base64(proxy.wrappedSecret)].join('/');
    const known = derived.get(name);
    if (known) return known;
    const secret = { ...secretOwner(proxy), wrapped: proxy.wrappedSecret };
    const signingKey = await credentials.deriveSigningKey({ secret, ...scope });
    derived.set(name, signingKey);
    return signingKey;
  };
}

/** YYYYMMDD */
const dateOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '');

type Members = Readonly<Record<string, unknown>>;

/** @throws XksError `malformed` when the body is not a JSON object. */
function membersOf({ body }: ProxyResponse): Members {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  } catch {
    // Not JSON: malformed, as below.
  }
  throw malformed('the answer is not a JSON object');
}

function requireHealthy({
  xksProxyFleetSize,
  xksProxyVendor,
  xksProxyModel,
  ekmVendor,
  ekmFleetDetails,
}: Members): void {
  const texts = [xksProxyVendor, xksProxyModel, ekmVendor];
  const fleet = Array.isArray(ekmFleetDetails) ? (ekmFleetDetails as unknown[]) : [];
  const sizes = Number.isInteger(xksProxyFleetSize) && Number(xksProxyFleetSize) > 0;
  const isMember = (member: unknown): member is { healthStatus: string } =>
    typeof member === 'object' &&
    member !== null &&
    'healthStatus' in member &&
    ['ACTIVE', 'DEGRADED', 'UNAVAILABLE'].includes(member.healthStatus as string);
  if (!sizes) throw malformed('xksProxyFleetSize is not a positive whole number');
  if (!texts.every((text) => typeof text === 'string')) {
    throw malformed('xksProxyVendor, xksProxyModel or ekmVendor is not a text');
  }
  if (fleet.length < 1 || fleet.length > MAX_FLEET_MEMBERS || !fleet.every(isMember)) {
    throw malformed(`ekmFleetDetails is not a list of 1 to ${MAX_FLEET_MEMBERS} external key managers`);
  }
  if (fleet.every(({ healthStatus }) => healthStatus === 'UNAVAILABLE')) {
    throw new XksError('unhealthy', 'every external key manager is UNAVAILABLE');
  }
}

function keyMetadata({ keySpec, keyUsage, keyStatus }: Members): ExternalKeyMetadata {
  const usages = Array.isArray(keyUsage) ? (keyUsage as unknown[]) : undefined;
  if (!usages || usages.length > MAX_KEY_USAGES || !usages.every((usage) => typeof usage === 'string'))
    throw malformed(`keyUsage is not a list of at most ${MAX_KEY_USAGES} texts`);
  if (typeof keySpec !== 'string' || typeof keyStatus !== 'string') {
    throw malformed('keySpec or keyStatus is not a text');
  }
  // Error texts repeat them.
  const shown = (text: string) => printable(text, MAX_METADATA_TEXT);
  return { keySpec: shown(keySpec), keyUsage: usages.map(shown), keyStatus: shown(keyStatus) };
}

function sealed(answer: Members, lengthInBytes: number, additionalData: Uint8Array): ExternallySealed {
  const parts = {
    iv: requireBytes('initializationVector', answer.initializationVector, (length) =>
      EXTERNAL_IV_LENGTHS_IN_BYTES.includes(length),
    ),
    metadata:
      answer.ciphertextMetadata === undefined || answer.ciphertextMetadata === null
        ? Buffer.alloc(0)
        : requireBytes(
            'ciphertextMetadata',
            answer.ciphertextMetadata,
            (length) => length <= MAX_CIPHERTEXT_METADATA_BYTES,
          ),
    ciphertext: requireBytes('ciphertext', answer.ciphertext, (length) => length === lengthInBytes),
    tag: requireBytes('authenticationTag', answer.authenticationTag, (length) => length === TAG_BYTES),
  };
  if (answer.ciphertextDataIntegrityValue !== integrityValue(additionalData, parts)) {
    throw malformed('ciphertextDataIntegrityValue is not that of the answer');
  }
  return parts;
}

/** Appendix C of the specification: proves that the parts arrived as the proxy made them. */
export function integrityValue(additionalData: Uint8Array, parts: ExternallySealed): string {
  const hash = createHash('sha256');
  for (const part of [additionalData, parts.metadata, parts.iv, parts.ciphertext, parts.tag]) hash.update(part);
  return hash.digest('base64');
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** @throws XksError `malformed` unless it is the Base64 of a number of bytes that fits. */
function requireBytes(name: string, value: unknown, fits: (lengthInBytes: number) => boolean): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (bytes && bytes.toString('base64') === value && fits(bytes.length)) return bytes;
  throw malformed(`${name} is not the Base64 of a number of bytes that fits`);
}

const malformed = (detail: string): XksError => new XksError('malformed', detail);
