/**
 * A store of secrets: `node secrets.ts put USER NAME VALUE`, `node secrets.ts get USER NAME`. Each version of a secret has
 * a data key of its own, whose encryption context names the secret.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { open, seal } from '../services/sealing.ts';
import { callerOf, kmsOfService } from '../services/service-caller.ts';

const [command, user = '', name = '', value = ''] = process.argv.slice(2);
const { KEYSTEAD_REGION: region = 'eu-west-1', KEYSTEAD_ACCOUNT_ID: account = '111122223333' } = process.env;
const kms = kmsOfService('secretsmanager.amazonaws.com', await callerOf(user));
const file = `${name.replaceAll('/', '-')}.secret`;
const EncryptionContext = {
  SecretARN: `arn:aws:secretsmanager:${region}:${account}:secret:${name}`,
  SecretVersionId: '1',
};

if (command === 'put') await put();
else await get();

async function put(): Promise<void> {
  const { Plaintext: dataKey = new Uint8Array(), CiphertextBlob = new Uint8Array() } = await kms.generateDataKey({
    KeyId: 'alias/secrets',
    KeySpec: 'AES_256',
    EncryptionContext,
  });
  const sealed = seal(dataKey, Buffer.from(value)).toString('base64');
  writeFileSync(file, JSON.stringify({ dataKey: Buffer.from(CiphertextBlob).toString('base64'), sealed }));
}

async function get(): Promise<void> {
  const { dataKey, sealed } = JSON.parse(readFileSync(file, 'utf8')) as Record<'dataKey' | 'sealed', string>;
  const { Plaintext = new Uint8Array() } = await kms.decrypt({
    CiphertextBlob: Buffer.from(dataKey, 'base64'),
    EncryptionContext,
  });
  console.log(String(open(Plaintext, Buffer.from(sealed, 'base64'))));
}
