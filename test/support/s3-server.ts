/**
 * As much of an S3-compatible server as Terraform's backend asks for, with server-side encryption by a KMS key: for each
 * object a data key of that key, with the object's ARN as encryption context, and the stored bytes are ciphertext.
 * Sources: Amazon S3 API Reference, PutObject, GetObject, ListObjectsV2; Amazon S3 User Guide, "Using server-side
 * encryption with AWS KMS keys (SSE-KMS)", "Encryption context"; "Conditional writes".
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';

interface StoredObject {
  readonly keyId: string;
  readonly dataKey: Uint8Array;
  readonly nonce: Buffer;
  /** Ciphertext and tag. */
  readonly sealed: Buffer;
  readonly etag: string;
}

export interface S3Server {
  readonly url: string;
  /** By bucket and key, `bucket/key`. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** @param kms as whom the server uses keys */
export async function startS3Server(kms: KMSClient): Promise<S3Server> {
  const objects = new Map<string, StoredObject>();
  const server = createServer(async (request, response) => {
    const { status, headers = {}, body = '' } = await answer(request, objects, kms).catch(failed);
    response.writeHead(status, { 'x-amz-request-id': randomBytes(8).toString('hex'), ...headers }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** As S3 answers when KMS refuses. */
const failed = (error: Error): Answer => refusal(403, 'AccessDenied', `${error.name}: ${error.message}`);

async function answer(request: IncomingMessage, objects: Map<string, StoredObject>, kms: KMSClient): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const name = decodeURIComponent(url.pathname.slice(1));
  const [bucket = ''] = name.split('/');
  const content = await buffer(request);
  if (!name.includes('/') || name.endsWith('/')) return listed(bucket, url.searchParams.get('prefix') ?? '', objects);
  if (request.method === 'PUT') return put(name, request, content, objects, kms);
  if (request.method === 'DELETE') {
    objects.delete(name);
    return { status: 204 };
  }
  const found = objects.get(name);
  if (found === undefined) return refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  const body = await opened(name, found, kms);
  return { status: 200, headers: headersOf(found, body.length), body: request.method === 'HEAD' ? '' : body };
}

const contextOf = (name: string) => ({ 'aws:s3:arn': `arn:aws:s3:::${name}` });

async function put(
  name: string,
  { headers }: IncomingMessage,
  content: Buffer,
  objects: Map<string, StoredObject>,
  kms: KMSClient,
): Promise<Answer> {
  if (headers['if-none-match'] === '*' && objects.has(name)) {
    return refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  if (headers['x-amz-server-side-encryption'] !== 'aws:kms') {
    return refusal(400, 'InvalidRequest', 'This bucket takes objects that are encrypted with a KMS key.');
  }
  const KeyId = String(headers['x-amz-server-side-encryption-aws-kms-key-id']);
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: contextOf(name) }),
  );
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Plaintext ?? '', nonce);
  const body = headers['content-encoding']?.includes('aws-chunked') ? unchunked(content) : content;
  const sealed = Buffer.concat([cipher.update(body), cipher.final(), cipher.getAuthTag()]);
  const etag = `"${createHash('md5').update(sealed).digest('hex')}"`;
  const stored = { keyId: KeyId, dataKey: CiphertextBlob ?? new Uint8Array(), nonce, sealed, etag };
  objects.set(name, stored);
  return { status: 200, headers: { etag } };
}

async function opened(name: string, { dataKey, nonce, sealed }: StoredObject, kms: KMSClient): Promise<Buffer> {
  const EncryptionContext = contextOf(name);
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob: dataKey, EncryptionContext }));
  const decipher = createDecipheriv('aes-256-gcm', Plaintext ?? '', nonce).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

const headersOf = ({ etag, keyId }: StoredObject, length: number) => ({
  etag,
  'content-length': String(length),
  'last-modified': new Date().toUTCString(),
  'x-amz-server-side-encryption': 'aws:kms',
  'x-amz-server-side-encryption-aws-kms-key-id': keyId,
});

/** Each chunk is its size in hexadecimal, the bytes, and perhaps a signature; after the last come trailers. */
function unchunked(content: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = content.indexOf('\r\n', at);
    const size = Number.parseInt(content.subarray(at, end).toString().split(';')[0] ?? '0', 16);
    if (!size) return Buffer.concat(parts);
    parts.push(content.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function listed(bucket: string, prefix: string, objects: ReadonlyMap<string, StoredObject>): Answer {
  const keys = [...objects.keys()].map((name) => name.slice(bucket.length + 1)).filter((key) => key.startsWith(prefix));
  const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
  };
}

function refusal(status: number, code: string, message: string): Answer {
  const escaped = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<Error><Code>${code}</Code><Message>${escaped}</Message></Error>`,
  };
}
