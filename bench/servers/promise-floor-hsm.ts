/** The other process of the promise floor: AES-256-GCM under a key derived from its root key for each message. */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { FrameBatch, framesOf } from './promise-floor-frames.ts';

const NONCE_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 36;

const rootKey = createSecretKey(randomBytes(32));
const messageKey = (keyId: Buffer, nonce: Buffer) =>
  createSecretKey(createHmac('sha256', rootKey).update(keyId).update(nonce).digest());

function encrypt(keyId: Buffer, plaintext: Buffer): Buffer {
  const random = randomBytes(NONCE_BYTES + IV_BYTES);
  const key = messageKey(keyId, random.subarray(0, NONCE_BYTES));
  const cipher = createCipheriv('aes-256-gcm', key, random.subarray(NONCE_BYTES));
  return Buffer.concat([random, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(keyId: Buffer, blob: Buffer): Buffer {
  const key = messageKey(keyId, blob.subarray(0, NONCE_BYTES));
  const start = NONCE_BYTES + IV_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(NONCE_BYTES, start));
  decipher.setAuthTag(blob.subarray(blob.length - TAG_BYTES));
  return Buffer.concat([decipher.update(blob.subarray(start, blob.length - TAG_BYTES)), decipher.final()]);
}

function run(verb: string, keyId: Buffer, payload: Buffer): Buffer {
  if (verb === 'e') return encrypt(keyId, payload);
  if (verb === 'd') return decrypt(keyId, payload);
  const dataKey = randomBytes(32);
  return Buffer.concat([dataKey, encrypt(keyId, dataKey)]);
}

const socket = new Socket({ fd: 3 });
const answers = new FrameBatch(socket);
socket.on(
  'data',
  framesOf((id, content) => {
    const start = 1 + KEY_ID_BYTES;
    answers.add(id, run(content.toString('latin1', 0, 1), content.subarray(1, start), content.subarray(start)));
  }),
);
socket.on('end', () => process.exit());
