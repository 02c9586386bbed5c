/** One principal can encrypt and decrypt, but only data of the finance department. */
import { Grant, Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  GRANTEE: grantee = `arn:aws:iam::${account}:user/carol`,
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'grant-finance');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

const key = new Key(stack, 'ledger', {
  description: 'Encrypts ledgers of every department',
  alias: 'ledger',
  removalProtection: false,
  pendingWindowInDays: 7,
});

const grant = new Grant(stack, 'finance', {
  key,
  name: 'finance-ledger',
  granteePrincipal: grantee,
  operations: ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey'],
  encryptionContextEquals: { Department: 'finance' },
});

new TerraformOutput(stack, 'key_arn', { value: key.keyArn, staticId: true });
new TerraformOutput(stack, 'grant_id', { value: grant.grantId, staticId: true });

app.synth();
