/** A key whose key material you bring from a file; neither Terraform's plan nor its state has it. */
import { ExternalKey, KeysteadProvider, SecretInput } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  KEY_MATERIAL_FILE: file = 'key-material.bin',
  VALID_TO: validTo,
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'import-key-material');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

const key = new ExternalKey(stack, 'contracts', {
  description: 'Encrypts contracts; the key material has a copy in our vault',
  alias: 'contracts',
  // Terraform reads the file when it applies, and hands the bytes over in a write-only argument.
  keyMaterial: SecretInput.fromBinaryFile(file),
  ...(validTo === undefined ? {} : { validTo }),
  removalProtection: false,
  pendingWindowInDays: 7,
});

new TerraformOutput(stack, 'key_arn', { value: key.keyArn, staticId: true });

app.synth();
