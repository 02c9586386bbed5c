/** Many keys from one loop: a key and an alias for every tenant. */
import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  KEY_COUNT: keyCount = '10',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'declare-many');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account, defaultTags: { Stack: 'declare-many' } });

// The number is part of each construct's id, so tenants can come and go at the end without moving the others' keys.
for (const number of tenantNumbers(keyCount)) {
  new Key(stack, `tenant-${number}`, {
    description: `Data of tenant ${number}`,
    alias: `tenant/${number}`,
    tags: { Tenant: number },
    removalProtection: false,
    pendingWindowInDays: 7,
  });
}

app.synth();

function tenantNumbers(count: string): string[] {
  if (!/^[1-9]\d*$/.test(count)) throw new Error(`KEY_COUNT: "${count}" is not a whole number from 1.`);
  return Array.from({ length: Number(count) }, (_, index) => String(index + 1).padStart(4, '0'));
}
