/**
 * Images that another account copies: `node image.ts make|copy|boot`. The copy is the same image with its data key
 * re-encrypted under a key of the other account; the data key is in the clear only within KMS.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { open, seal } from '../services/sealing.ts';
import { callerOf, kmsOfService } from '../services/service-caller.ts';

const [command] = process.argv.slice(2);
const { IMAGES_ARN: images = '', COPIES_ARN: copies = '' } = process.env;
const EncryptionContext = { 'aws:ebs:id': 'snap-0123456789abcdef0' };
const inOwnersAccount = async () => kmsOfService('ec2.amazonaws.com', await callerOf('olga'));
const inOtherAccount = async () => kmsOfService('research-ec2', await callerOf('copier'));

const steps: Readonly<Record<string, () => Promise<void>>> = {
  async make() {
    const kms = await inOwnersAccount();
    const made = await kms.generateDataKey({ KeyId: images, KeySpec: 'AES_256', EncryptionContext });
    writeFileSync('image.key', made.CiphertextBlob ?? '');
    writeFileSync('image', seal(made.Plaintext ?? new Uint8Array(), Buffer.from('an operating system\n')));
  },
  async copy() {
    const kms = await inOtherAccount();
    const { CiphertextBlob = '' } = await kms.reEncrypt({
      CiphertextBlob: readFileSync('image.key'),
      SourceKeyId: images,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: copies,
      DestinationEncryptionContext: EncryptionContext,
    });
    writeFileSync('copy.key', CiphertextBlob);
  },
  async boot() {
    const kms = await inOtherAccount();
    const { Plaintext } = await kms.decrypt({ CiphertextBlob: readFileSync('copy.key'), EncryptionContext });
    process.stdout.write(open(Plaintext ?? new Uint8Array(), readFileSync('image')));
  },
};

await steps[command ?? '']?.();
