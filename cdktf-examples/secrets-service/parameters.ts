/**
 * A store of small parameters: `node parameters.ts put USER NAME VALUE`, `node parameters.ts get USER NAME`. KMS encrypts
 * the value itself; the encryption context names the parameter.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { callerOf, kmsOfService } from '../services/service-caller.ts';

const [command, user = '', name = '', value = ''] = process.argv.slice(2);
const { KEYSTEAD_REGION: region = 'eu-west-1', KEYSTEAD_ACCOUNT_ID: account = '111122223333' } = process.env;
const kms = kmsOfService('ssm.amazonaws.com', await callerOf(user));
const file = `${name.replaceAll('/', '-')}.parameter`;
const EncryptionContext = { PARAMETER_ARN: `arn:aws:ssm:${region}:${account}:parameter/${name}` };

if (command === 'put') {
  const { CiphertextBlob = '' } = await kms.encrypt({
    KeyId: 'alias/parameters',
    Plaintext: Buffer.from(value),
    EncryptionContext,
  });
  writeFileSync(file, CiphertextBlob);
} else {
  const { Plaintext = new Uint8Array() } = await kms.decrypt({ CiphertextBlob: readFileSync(file), EncryptionContext });
  console.log(Buffer.from(Plaintext).toString());
}
