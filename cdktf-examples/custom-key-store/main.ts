/** Keys whose material is in a key manager of yours, behind an external key store proxy. */
import { CustomKeyStore, Key, KeysteadProvider, SecretInput } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformStack, TerraformVariable } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  XKS_ENDPOINT: uriEndpoint = 'https://xks.example.com',
  XKS_ACCESS_KEY_ID: accessKeyId = 'ABCDEFGHIJKLMNOPQRST',
  XKS_KEY_IDS: xksKeyIds = 'first',
} = process.env;

const app = new App();

function newStack(name: string): TerraformStack {
  const stack = new TerraformStack(app, `custom-key-store-${name}`);
  new LocalBackend(stack, { path: 'terraform.tfstate' });
  new KeysteadProvider(stack, 'keystead', { endpoint, region, account });
  return stack;
}

// The key store is a stack of its own: it must be connected before keys are made in it, and outlives them by a week.
const storeStack = newStack('store');
const secret = new TerraformVariable(storeStack, 'xks_secret', { type: 'string', sensitive: true });
new CustomKeyStore(storeStack, 'vault', {
  customKeyStoreName: 'vault',
  externalKeyStoreProxy: {
    uriEndpoint,
    uriPath: '/kms/xks/v1',
    accessKeyId,
    secretAccessKey: SecretInput.fromVariable(secret),
  },
});

const keysStack = newStack('keys');
const vault = CustomKeyStore.fromCustomKeyStoreName(keysStack, 'vault', 'vault');
for (const xksKeyId of xksKeyIds.split(',')) {
  new Key(keysStack, `key-${xksKeyId}`, {
    description: `${xksKeyId} in our key manager`,
    alias: `vault/${xksKeyId}`,
    customKeyStore: vault,
    xksKeyId,
    removalProtection: false,
    pendingWindowInDays: 7,
  });
}

app.synth();
