/** A key that gets new key material twice a year, and at once whenever the code says so. */
import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'rotation');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

const key = new Key(stack, 'payments', {
  description: 'Encrypts payments',
  alias: 'payments',
  rotationPeriodInDays: 180,
  // Any text: the apply after a change rotates the key.
  rotationTriggers: { incident: 'none' },
  removalProtection: false,
  pendingWindowInDays: 7,
});

new TerraformOutput(stack, 'key_arn', { value: key.keyArn, staticId: true });

app.synth();
