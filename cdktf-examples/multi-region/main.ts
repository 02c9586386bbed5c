/** The same key in two Regions: what one encrypts, the other decrypts. */
import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  REPLICA_REGION: replicaRegion = 'us-east-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'multi-region');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

const primary = new Key(stack, 'archive', {
  description: 'Encrypts archives that are read on two continents',
  alias: 'archive',
  multiRegion: true,
  removalProtection: false,
  pendingWindowInDays: 7,
});

// The replica takes its primary's policy; alias, tags and description are its own.
const replica = primary.replicateTo(replicaRegion, {
  description: 'Replica for readers overseas',
  alias: 'archive',
  removalProtection: false,
  pendingWindowInDays: 7,
});

new TerraformOutput(stack, 'primary_arn', { value: primary.keyArn, staticId: true });
new TerraformOutput(stack, 'replica_arn', { value: replica.keyArn, staticId: true });

app.synth();
