/**
 * An object store with bucket keys: `node bucket.ts put|get USER FILE…`. It asks KMS once for the bucket, with the user's
 * permissions, and encrypts the key of each object under that.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { open, seal } from '../services/sealing.ts';
import { callerOf, kmsOfService } from '../services/service-caller.ts';

const [command, user = '', ...files] = process.argv.slice(2);
const kms = kmsOfService('s3.amazonaws.com', await callerOf(user));
const EncryptionContext = { 'aws:s3:arn': 'arn:aws:s3:::orders' };

if (command === 'put') await put();
else await get();

async function put(): Promise<void> {
  const { Plaintext: bucketKey = new Uint8Array(), CiphertextBlob = new Uint8Array() } = await kms.generateDataKey({
    KeyId: 'alias/objects',
    KeySpec: 'AES_256',
    EncryptionContext,
  });
  writeFileSync('bucket.key', CiphertextBlob);
  for (const file of files) {
    const objectKey = randomBytes(32);
    const object = seal(objectKey, readFileSync(file));
    writeFileSync(`${file}.object`, Buffer.concat([seal(bucketKey, objectKey), object]));
  }
  console.log(`${files.length} objects, 1 request to KMS`);
}

async function get(): Promise<void> {
  const { Plaintext: bucketKey = new Uint8Array() } = await kms.decrypt({
    CiphertextBlob: readFileSync('bucket.key'),
    EncryptionContext,
  });
  for (const file of files) {
    const stored = readFileSync(`${file}.object`);
    // Nonce, tag and 32 bytes.
    const objectKey = open(bucketKey, stored.subarray(0, 60));
    process.stdout.write(open(objectKey, stored.subarray(60)));
  }
}
