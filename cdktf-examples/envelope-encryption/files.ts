/**
 * Encrypts and decrypts files of any size with the AWS Encryption SDK: `node files.ts encrypt|decrypt FROM TO`. Each file
 * has a data key of its own, which KMS makes and wraps; the file itself never leaves this machine.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import encryptionSdk from '@aws-crypto/client-node';

const { buildClient, CommitmentPolicy, KmsKeyringNode } = encryptionSdk;
const { encryptStream, decryptStream } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

const [command, from = '', to = ''] = process.argv.slice(2);
const { KEY_ARN: keyArn = '' } = process.env;

if (command === 'encrypt') await encrypt();
else if (command === 'decrypt') await decrypt();
else throw new Error('Usage: KEY_ARN=… node files.ts encrypt|decrypt FROM TO');

async function encrypt(): Promise<void> {
  const keyring = new KmsKeyringNode({ generatorKeyId: keyArn });
  const encryptionContext = { File: basename(from) };
  await pipeline(createReadStream(from), encryptStream(keyring, { encryptionContext }), createWriteStream(to));
}

async function decrypt(): Promise<void> {
  const keyring = new KmsKeyringNode({ keyIds: [keyArn] });
  // The context is authenticated: this file was encrypted under this name.
  const stream = decryptStream(keyring).on('MessageHeader', ({ encryptionContext }) => {
    console.log(`It was ${encryptionContext.File}.`);
  });
  await pipeline(createReadStream(from), stream, createWriteStream(to));
}
