/**
 * An external key store proxy for tests, over TLS on loopback, written only from the specification: it verifies each
 * request's signature with the AWS SDK's own signer, keeps AES-256 keys, and can fail in every way a proxy can.
 * Source: AWS KMS External Key Store Proxy API specification 1.0.3.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SourceData } from '@smithy/types';
import type { ServerCertificate } from './proxy-certificates.ts';

export interface XksProxyOptions {
  readonly certificate: ServerCertificate;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly uriPath?: string;
  /** How much a signature's time can differ from now; five minutes in the specification. */
  readonly maxSkewMs?: number;
  /** More about TLS: whether it demands a client certificate, and versions. */
  readonly tls?: ServerOptions;
}

/** How a call fails; `answer` replaces members of a correct answer. */
export type Fault =
  | { readonly kind: 'error'; readonly status: number; readonly errorName: string; readonly errorMessage?: string }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'body'; readonly status?: number; readonly body: string }
  | { readonly kind: 'answer'; readonly members: Readonly<Record<string, unknown>> }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'hangs-up' }
  | { readonly kind: 'redirect'; readonly location: string };

export type ProxyCall = 'health' | 'metadata' | 'encrypt' | 'decrypt';

interface ExternalKey {
  readonly bytes: Buffer;
  keySpec: string;
  keyUsage: string[];
  keyStatus: string;
}

export interface SeenRequest {
  readonly call: string;
  readonly host: string | undefined;
  /** `host;x-amz-date` */
  readonly signedHeaders: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly requestMetadata: Readonly<Record<string, string>> };
}

export interface TestXksProxy {
  readonly port: number;
  /** By external key id; new keys are ENABLED AES_256 keys for ENCRYPT and DECRYPT. */
  readonly keys: Map<string, ExternalKey>;
  addKey(id: string): ExternalKey;
  /** By call; a fault stays until a test removes it. */
  readonly faults: Map<ProxyCall, Fault>;
  readonly seen: SeenRequest[];
  /** Replaces the credential that the proxy accepts. */
  setCredential(accessKeyId: string, secretAccessKey: string): void;
  /** The number of TLS connections that the proxy has accepted. */
  connections(): number;
  /** Closes idle connections. */
  closeIdle(): void;
  stop(): Promise<void>;
}

class Refusal extends Error {
  readonly status: number;
  readonly errorName: string;
  constructor(status: number, errorName: string) {
    super(errorName);
    this.status = status;
    this.errorName = errorName;
  }
}

export async function startXksProxy(options: XksProxyOptions): Promise<TestXksProxy> {
  const keys: TestXksProxy['keys'] = new Map();
  const faults: TestXksProxy['faults'] = new Map();
  const seen: SeenRequest[] = [];
  const credential = { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey };
  const { uriPath = '/kms/xks/v1', maxSkewMs = 5 * 60_000 } = options;
  let connections = 0;

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const raw = await bodyOf(request);
    const { call, keyId } = route(request, uriPath);
    const signedHeaders = await verifySignature(request, raw, credential, maxSkewMs);
    const body = JSON.parse(raw.toString('utf8')) as SeenRequest['body'];
    requireMetadata(body, call);
    seen.push({ call, host: request.headers.host, signedHeaders, body });
    const fault = faults.get(call);
    if (fault?.kind === 'slow') await new Promise((done) => setTimeout(done, fault.delayMs).unref());
    if (fault && fault.kind !== 'slow' && fault.kind !== 'answer') {
      fail(fault, request.socket, response);
      return;
    }
    const answer = answers[call](keys, keyId, body);
    send(response, 200, fault?.kind === 'answer' ? { ...answer, ...fault.members } : answer);
  };
  const server = createServer({ ...options.certificate, ...options.tls }, (request, response) => {
    respond(request, response).catch((error: unknown) => {
      const { status, errorName } = error instanceof Refusal ? error : new Refusal(400, 'ValidationException');
      send(response, status, { errorName, errorMessage: 'as the specification asks' });
    });
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    keys,
    faults,
    seen,
    addKey(id) {
      const key = {
        bytes: randomBytes(32),
        keySpec: 'AES_256',
        keyUsage: ['ENCRYPT', 'DECRYPT'],
        keyStatus: 'ENABLED',
      };
      keys.set(id, key);
      return key;
    },
    setCredential: (accessKeyId, secretAccessKey) => Object.assign(credential, { accessKeyId, secretAccessKey }),
    connections: () => connections,
    closeIdle: () => server.closeIdleConnections(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(fault: Exclude<Fault, { kind: 'slow' | 'answer' }>, socket: Socket, response: ServerResponse): void {
  switch (fault.kind) {
    case 'error':
      send(response, fault.status, { errorName: fault.errorName, errorMessage: fault.errorMessage });
      return;
    case 'body':
      response.writeHead(fault.status ?? 200).end(fault.body);
      return;
    case 'truncated':
      response.writeHead(200, { 'content-length': '1000' }).write('{"plaintext":');
      setImmediate(() => socket.destroy());
      return;
    case 'hangs-up':
      socket.destroy();
      return;
    case 'redirect':
      response.writeHead(307, { location: fault.location }).end();
      return;
  }
}

function route(request: IncomingMessage, uriPath: string): { call: ProxyCall; keyId: string } {
  if (request.method !== 'POST') throw new Refusal(405, 'UnsupportedOperationException');
  const path = request.url ?? '';
  if (path === `${uriPath}/health`) return { call: 'health', keyId: '' };
  const match = /^\/keys\/([a-zA-Z0-9._-]+)\/(metadata|encrypt|decrypt)$/.exec(path.slice(uriPath.length));
  if (!path.startsWith(`${uriPath}/`) || !match) throw new Refusal(404, 'InvalidUriPathException');
  return { call: match[2] as ProxyCall, keyId: match[1] ?? '' };
}

/** The hash constructor that the SDK's signer needs. */
class Sha256 {
  readonly #hash;
  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('the signer does not call reset');
  }
}

const CREDENTIAL =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/kms-xks-proxy\/aws4_request, SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/;

/** Signs the same request and compares the signatures. @returns the names of the signed headers. @throws Refusal */
async function verifySignature(
  request: IncomingMessage,
  body: Buffer,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
  maxSkewMs: number,
): Promise<string> {
  const refused = new Refusal(401, 'AuthenticationFailedException');
  const match = CREDENTIAL.exec(request.headers.authorization ?? '');
  const timestamp = String(request.headers['x-amz-date'] ?? '');
  const signingDate = new Date(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!match || match[1] !== credentials.accessKeyId) throw refused;
  const [, , date, region = '', signedHeaders = '', signature = ''] = match;
  const names = signedHeaders.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date') || !timestamp.startsWith(date ?? '')) throw refused;
  if (!(Math.abs(Date.now() - signingDate.getTime()) < maxSkewMs)) throw refused;
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]));
  const signer = new SignatureV4({
    service: 'kms-xks-proxy',
    region,
    credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    { method: 'POST', protocol: 'https:', hostname: headers.host ?? '', path: request.url ?? '', headers, body },
    { signingDate, signableHeaders: new Set(names) },
  );
  const expected = /Signature=([0-9a-f]{64})$/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
  if (expected.length !== 64 || !timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) throw refused;
  return signedHeaders;
}

const alwaysGiven = ['kmsOperation', 'kmsRequestId'];
const requiredMetadata: Readonly<Record<ProxyCall, readonly string[]>> = {
  health: alwaysGiven,
  metadata: [...alwaysGiven, 'awsPrincipalArn'],
  encrypt: [...alwaysGiven, 'awsPrincipalArn', 'kmsKeyArn'],
  decrypt: [...alwaysGiven, 'awsPrincipalArn', 'kmsKeyArn'],
};

function requireMetadata(body: SeenRequest['body'], call: ProxyCall): void {
  const complete = requiredMetadata[call].every((name) => typeof body.requestMetadata?.[name] === 'string');
  if (!complete) throw new Refusal(400, 'ValidationException');
}

type AnswerOf = (keys: TestXksProxy['keys'], keyId: string, body: SeenRequest['body']) => Record<string, unknown>;

const METADATA = Buffer.from('key_version=1');

const answers: Readonly<Record<ProxyCall, AnswerOf>> = {
  health: () => ({
    xksProxyFleetSize: 2,
    xksProxyVendor: 'Keystead tests',
    xksProxyModel: 'one',
    ekmVendor: 'Keystead tests',
    ekmFleetDetails: [
      { id: 'hsm-id-1', model: 'soft', healthStatus: 'UNAVAILABLE' },
      { id: 'hsm-id-2', model: 'soft', healthStatus: 'DEGRADED' },
    ],
  }),
  metadata: (keys, keyId) => {
    const { bytes: _, ...metadata } = requireKey(keys, keyId);
    return metadata;
  },
  encrypt: (keys, keyId, body) => {
    const key = requireUsable(keys, keyId, 'ENCRYPT');
    const plaintext = bytesOf(body.plaintext);
    const aad = bytesOf(body.additionalAuthenticatedData ?? '');
    if (body.encryptionAlgorithm !== 'AES_GCM' || plaintext.length > 4300 || aad.length > 8192) {
      throw new Refusal(400, 'ValidationException');
    }
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, iv).setAAD(lengthPrefixed(aad, METADATA));
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const tag = cipher.getAuthTag();
    const hash = createHash('sha256').update(aad).update(METADATA).update(iv).update(ciphertext).update(tag);
    return {
      ciphertext: ciphertext.toString('base64'),
      initializationVector: iv.toString('base64'),
      authenticationTag: tag.toString('base64'),
      ciphertextMetadata: METADATA.toString('base64'),
      ...(body.ciphertextDataIntegrityValueAlgorithm === 'SHA_256' && {
        ciphertextDataIntegrityValue: hash.digest('base64'),
      }),
    };
  },
  decrypt: (keys, keyId, body) => {
    const key = requireUsable(keys, keyId, 'DECRYPT');
    const aad = bytesOf(body.additionalAuthenticatedData ?? '');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytesOf(body.initializationVector))
        .setAAD(lengthPrefixed(aad, bytesOf(body.ciphertextMetadata ?? '')))
        .setAuthTag(bytesOf(body.authenticationTag));
      const plaintext = Buffer.concat([decipher.update(bytesOf(body.ciphertext)), decipher.final()]);
      return { plaintext: plaintext.toString('base64') };
    } catch {
      throw new Refusal(400, 'InvalidCiphertextException');
    }
  },
};

function requireKey(keys: TestXksProxy['keys'], keyId: string): ExternalKey {
  const key = keys.get(keyId);
  if (!key) throw new Refusal(404, 'KeyNotFoundException');
  return key;
}

function requireUsable(keys: TestXksProxy['keys'], keyId: string, usage: string): ExternalKey {
  const key = requireKey(keys, keyId);
  if (key.keyStatus !== 'ENABLED') throw new Refusal(400, 'InvalidStateException');
  if (!key.keyUsage.includes(usage)) throw new Refusal(400, 'InvalidKeyUsageException');
  return key;
}

function bytesOf(value: unknown): Buffer {
  if (typeof value !== 'string') throw new Refusal(400, 'ValidationException');
  return Buffer.from(value, 'base64');
}

/** The AAD that binds the metadata to the ciphertext, as in the specification. */
function lengthPrefixed(aad: Buffer, metadata: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(aad.length);
  return Buffer.concat([length, aad, Buffer.of(metadata.length), metadata]);
}
