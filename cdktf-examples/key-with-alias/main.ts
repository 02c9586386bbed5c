/** One key with a name, yearly rotation, and separate administrators and users. */
import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  ADMINISTRATOR: administrator = `arn:aws:iam::${account}:user/alice`,
  KEY_USER: user = `arn:aws:iam::${account}:user/bob`,
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'key-with-alias');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

const key = new Key(stack, 'orders', {
  description: 'Encrypts orders at rest',
  alias: 'orders',
  enableKeyRotation: true,
  rotationPeriodInDays: 365,
  administrators: [administrator],
  users: [user],
  tags: { Department: 'sales' },
  // An example is made to be destroyed again. A real key keeps the default, and `terraform destroy` refuses it.
  removalProtection: false,
  pendingWindowInDays: 7,
});

new TerraformOutput(stack, 'key_arn', { value: key.keyArn, staticId: true });

app.synth();
