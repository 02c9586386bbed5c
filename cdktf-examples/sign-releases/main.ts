/** Releases are signed with the newest key; everybody can verify them offline with the public keys. */
import { Alias, bindings, Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  SIGNER: signer = `arn:aws:iam::${account}:user/release-bot`,
  KEY_YEARS: keyYears = '2026',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'sign-releases');
new LocalBackend(stack, { path: 'terraform.tfstate' });
const provider = new KeysteadProvider(stack, 'keystead', { endpoint, region, account });

// Key pairs do not rotate: each year has a key of its own, and the earlier ones stay, so that old signatures verify.
const keys = keyYears.split(',').map((year) => {
  const key = new Key(stack, `releases-${year}`, {
    description: `Signs releases of ${year}`,
    keySpec: 'ECC_NIST_P256',
    keyUsage: 'SIGN_VERIFY',
    removalProtection: false,
    pendingWindowInDays: 7,
  });
  const { publicKeyPem } = new bindings.dataAwsKmsPublicKey.DataAwsKmsPublicKey(stack, `public-key-${year}`, {
    keyId: key.keyId,
    provider,
  });
  new TerraformOutput(stack, `public_key_${year}`, { value: publicKeyPem, staticId: true });
  return key;
});

const newest = keys.at(-1);
if (newest === undefined) throw new Error('KEY_YEARS names no year.');
newest.grantSign(signer);
new Alias(stack, 'releases', { aliasName: 'releases', targetKey: newest });

app.synth();
