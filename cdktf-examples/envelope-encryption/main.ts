/** The key that files.ts encrypts files under: one principal encrypts them, another one decrypts them. */
import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'envelope-encryption');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

const key = new Key(stack, 'backups', {
  description: 'Wraps the data keys of backups',
  alias: 'backups',
  removalProtection: false,
  pendingWindowInDays: 7,
});
key.grantEncrypt(`arn:aws:iam::${account}:user/backup`);
key.grantDecrypt(`arn:aws:iam::${account}:user/restore`);

new TerraformOutput(stack, 'key_arn', { value: key.keyArn, staticId: true });

app.synth();
