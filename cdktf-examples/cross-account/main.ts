/** A key of one account that an application of another account uses: each account allows its own side. */
import { bindings, Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  OTHER_ACCOUNT_ID: otherAccount = '444455556666',
  OTHER_PROFILE: otherProfile = 'payments',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'cross-account');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });
const payments = new KeysteadProvider(stack, 'payments', {
  alias: 'payments',
  endpoint,
  region,
  account: otherAccount,
  profile: otherProfile,
});

// The key's account: the key policy trusts the other account with the use of the key, and no more.
const key = new Key(stack, 'invoices', {
  description: 'Encrypts invoices that payments reads',
  alias: 'invoices',
  removalProtection: false,
  pendingWindowInDays: 7,
});
key.trustAccount(otherAccount);

// The other account: its own policies say which of its principals may do what with that key.
const reader = new bindings.iamUser.IamUser(stack, 'reader', { name: 'invoice-reader', provider: payments });
new bindings.iamUserPolicy.IamUserPolicy(stack, 'reads-invoices', {
  user: reader.name,
  name: 'reads-invoices',
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: key.keyArn }],
  }),
  provider: payments,
});

new TerraformOutput(stack, 'key_arn', { value: key.keyArn, staticId: true });

app.synth();
