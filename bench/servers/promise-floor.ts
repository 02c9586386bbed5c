/**
 * The promise floor: the least that Keystead's promises cost, and nothing else. HTTP; the check of a SigV4 signature;
 * one AES-256-GCM under a key derived for the message, in another process (requests and answers of a turn in one
 * write); one line of a hash chain, synced to disk by group commit before the answer. No validation, policies, keys'
 * states, grants, quotas, metrics or look-ups. Argument: the data directory. Prints its address.
 */
import { spawn } from 'node:child_process';
import { createHash, createHmac, createSecretKey, hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { closeSync, fdatasync, openSync, write, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { FrameBatch, framesOf } from './promise-floor-frames.ts';

const directory = process.argv[2] ?? '.';
const accessKeyId = 'AKIAPROMISEFLOOR0000';
const secretAccessKey = randomBytes(30).toString('base64');
writeFileSync(
  join(directory, 'credentials'),
  `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  { mode: 0o600 },
);

// The other process.
const hsm = spawn(process.execPath, [join(import.meta.dirname, 'promise-floor-hsm.ts')], {
  stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
});
const pipe = hsm.stdio[3] as Socket;
const requests = new FrameBatch(pipe);
const waiting = new Map<number, (answer: Buffer) => void>();
let lastId = 0;
pipe.on(
  'data',
  framesOf((id, answer) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  }),
);

/** @param verb `e`ncrypt, `d`ecrypt or data key (`k`) */
function askHsm(verb: string, keyId: string, payload: Buffer): Promise<Buffer> {
  const id = ++lastId;
  requests.add(id, Buffer.concat([Buffer.from(verb + keyId), payload]));
  return new Promise((resolve) => waiting.set(id, resolve));
}

// The log: whatever is queued while a sync runs is written and synced together next.
const log = openSync(join(directory, 'audit.jsonl'), 'a', 0o600);
let queued: { line: string; done: () => void }[] = [];
let isSyncing = false;
let chainHash = '';

function record(entry: object): Promise<void> {
  const text = JSON.stringify(entry);
  chainHash = hash('sha256', chainHash + text);
  return new Promise((done) => {
    queued.push({ line: `${text.slice(0, -1)},"hash":"${chainHash}"}\n`, done });
    if (!isSyncing) setImmediate(sync);
  });
}

function sync(): void {
  if (isSyncing || queued.length === 0) return;
  isSyncing = true;
  const batch = queued;
  queued = [];
  write(log, batch.map(({ line }) => line).join(''), (failure) => {
    if (failure) throw failure;
    fdatasync(log, (problem) => {
      if (problem) throw problem;
      isSyncing = false;
      for (const { done } of batch) done();
      sync();
    });
  });
}

// The signature.
const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/kms\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w{64})$/;
const signingKeys = new Map<string, ReturnType<typeof createSecretKey>>();

function signingKey(date: string, region: string) {
  const scope = `${date}/${region}`;
  let key = signingKeys.get(scope);
  if (!key) {
    const parts = [date, region, 'kms', 'aws4_request'];
    const derive = (from: Buffer | string, part: string) => createHmac('sha256', from).update(part).digest();
    key = createSecretKey(parts.reduce<Buffer>(derive, Buffer.from(`AWS4${secretAccessKey}`)));
    signingKeys.set(scope, key);
  }
  return key;
}

function isSigned({ method, headers }: IncomingMessage, body: Buffer): boolean {
  const [, accessKey, date = '', region = '', signed = '', signature = ''] =
    authorization.exec(headers.authorization ?? '') ?? [];
  const time = String(headers['x-amz-date']);
  if (accessKey !== accessKeyId || !time.startsWith(date)) return false;
  const fields = signed.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = `${method}\n/\n\n${fields.join('')}\n${signed}\n${createHash('sha256').update(body).digest('hex')}`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${date}/${region}/kms/aws4_request\n${hash('sha256', canonical)}`;
  const expected = createHmac('sha256', signingKey(date, region)).update(text).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

// The operations.
type Input = { readonly [Member in 'KeyId' | 'Plaintext' | 'CiphertextBlob']?: string };

const ids = (KeyId: string) => ({ KeyId: `arn:aws:kms:us-east-1:111122223333:key/${KeyId}` });
const operations: Readonly<Record<string, (input: Input, keyId: string) => object | Promise<object>>> = {
  CreateKey: () => ({ KeyMetadata: { KeyId: randomUUID() } }),
  DescribeKey: (_input, keyId) => ({ KeyMetadata: { ...ids(keyId), Enabled: true, KeyState: 'Enabled' } }),
  async Encrypt({ Plaintext = '' }, keyId) {
    const blob = await askHsm('e', keyId, Buffer.from(Plaintext, 'base64'));
    return { CiphertextBlob: blob.toString('base64'), ...ids(keyId) };
  },
  async Decrypt({ CiphertextBlob = '' }, keyId) {
    const plaintext = await askHsm('d', keyId, Buffer.from(CiphertextBlob, 'base64'));
    return { Plaintext: plaintext.toString('base64'), ...ids(keyId) };
  },
  async GenerateDataKey(_input, keyId) {
    const answer = await askHsm('k', keyId, Buffer.alloc(0));
    const [plaintext, blob] = [answer.subarray(0, 32), answer.subarray(32)];
    return { Plaintext: plaintext.toString('base64'), CiphertextBlob: blob.toString('base64'), ...ids(keyId) };
  },
};

async function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const name = String(request.headers['x-amz-target']).slice('TrentService.'.length);
  const requestId = randomUUID();
  const input: Input = JSON.parse(body.toString());
  if (!isSigned(request, body) || !operations[name]) return void response.writeHead(403).end();
  const keyId = input.KeyId ?? '';
  const output = await operations[name](input, keyId);
  await record({ at: new Date().toISOString(), name, keyId, accessKeyId, requestId });
  const text = Buffer.from(JSON.stringify(output));
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': text.length });
  response.end(text);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => void answer(request, Buffer.concat(chunks), response));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => {
  hsm.kill();
  closeSync(log);
  process.exit();
});
