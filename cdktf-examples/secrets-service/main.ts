/** Keys that a secrets service uses on behalf of its users, for the secrets and parameters that each may see. */
import { Key, KeysteadProvider, UserPrincipal, ViaServicePrincipal } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'secrets-service');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

const editor = `arn:aws:iam::${account}:user/editor`;
const shop = `arn:aws:iam::${account}:user/shop`;
const through = (service: string, user: string) =>
  new ViaServicePrincipal(`${service}.${region}.amazonaws.com`, new UserPrincipal(user));
const disposable = { removalProtection: false, pendingWindowInDays: 7 };

// A secret has a data key, whose encryption context names the secret.
const secrets = new Key(stack, 'secrets', { description: 'Secrets', alias: 'secrets', ...disposable });
secrets.grant(through('secretsmanager', editor), 'kms:GenerateDataKey', 'kms:Decrypt');
secrets.grantDecrypt(through('secretsmanager', shop), {
  conditions: {
    StringLike: { 'kms:EncryptionContext:SecretARN': `arn:aws:secretsmanager:${region}:${account}:secret:shop/*` },
  },
});

// A parameter is small enough for KMS itself.
const parameters = new Key(stack, 'parameters', { description: 'Parameters', alias: 'parameters', ...disposable });
parameters.grant(through('ssm', editor), 'kms:Encrypt', 'kms:Decrypt');
parameters.grantDecrypt(through('ssm', shop), {
  conditions: {
    StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:${region}:${account}:parameter/shop/*` },
  },
});

app.synth();
