/**
 * A block store with encrypted volumes: `node volume.ts create|attach|read|detach USER`. The user's permissions make the
 * volume and, when it is attached, a grant; from then on the service reads its data key by that grant alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { callerOf, kmsOfService, sourceOf } from '../services/service-caller.ts';

const [command, user = ''] = process.argv.slice(2);
const { KEYSTEAD_REGION: region = 'eu-west-1', KEYSTEAD_ACCOUNT_ID: account = '111122223333' } = process.env;
const volume = `arn:aws:ec2:${region}:${account}:volume/vol-0123456789abcdef0`;
const EncryptionContext = { 'aws:ebs:id': 'vol-0123456789abcdef0' };
const service = `ec2.${region}.amazonaws.com`;

const forUser = async () => kmsOfService('ec2.amazonaws.com', await callerOf(user));
const forItself = () => kmsOfService('ec2.amazonaws.com', sourceOf(volume));

const steps: Readonly<Record<string, () => Promise<void>>> = {
  async create() {
    const kms = await forUser();
    const KeySpec = 'AES_256';
    // Nobody has seen this data key.
    const made = await kms.generateDataKeyWithoutPlaintext({ KeyId: 'alias/volumes', KeySpec, EncryptionContext });
    writeFileSync('volume.key', made.CiphertextBlob ?? '');
    writeFileSync('volume.json', JSON.stringify({ KeyId: made.KeyId }));
    console.log('created');
  },
  async attach() {
    const kms = await forUser();
    const { KeyId } = stored();
    const { GrantId } = await kms.createGrant({
      KeyId,
      GranteeServicePrincipal: service,
      RetiringServicePrincipal: service,
      Operations: ['Decrypt'],
      Constraints: { SourceArn: volume, EncryptionContextSubset: EncryptionContext },
    });
    writeFileSync('volume.json', JSON.stringify({ KeyId, GrantId }));
    console.log('attached');
  },
  async read() {
    const { Plaintext } = await forItself().decrypt({ CiphertextBlob: readFileSync('volume.key'), EncryptionContext });
    console.log(`the service has the volume's data key: ${Plaintext?.length} bytes`);
  },
  async detach() {
    await forItself().retireGrant(stored());
    console.log('detached');
  },
};

await steps[command ?? '']?.();

function stored(): { readonly KeyId: string; readonly GrantId?: string } {
  return JSON.parse(readFileSync('volume.json', 'utf8'));
}
