/** Keys that a storage service uses for its users: for a bucket, for volumes, and for images that other accounts copy. */
import { bindings, Key, KeysteadProvider, UserPrincipal, ViaServicePrincipal } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformOutput, TerraformStack } from 'cdktf';

const {
  KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600',
  KEYSTEAD_REGION: region = 'eu-west-1',
  KEYSTEAD_ACCOUNT_ID: account = '111122223333',
  OTHER_ACCOUNT_ID: otherAccount = '777788889999',
  OTHER_PROFILE: otherProfile = 'research',
} = process.env;

const app = new App();
const stack = new TerraformStack(app, 'storage-service');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region, account });
const research = new KeysteadProvider(stack, 'research', {
  alias: 'research',
  endpoint,
  region,
  account: otherAccount,
  profile: otherProfile,
});

const user = new UserPrincipal(`arn:aws:iam::${account}:user/olga`);
const throughObjectStore = new ViaServicePrincipal(`s3.${region}.amazonaws.com`, user);
const throughBlockStore = new ViaServicePrincipal(`ec2.${region}.amazonaws.com`, user);
const disposable = { removalProtection: false, pendingWindowInDays: 7 };

// bucket.ts: the bucket's ARN in the encryption context, so that one data key serves all of its objects.
const objects = new Key(stack, 'objects', { description: 'Bucket keys', alias: 'objects', ...disposable });
objects.grantActions(throughObjectStore, ['kms:GenerateDataKey', 'kms:Decrypt'], {
  conditions: { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::orders' } },
});

// volume.ts: the user makes a grant for the service when it attaches the volume, and can make no other grant.
const volumes = new Key(stack, 'volumes', { description: 'Volumes', alias: 'volumes', ...disposable });
volumes.grant(throughBlockStore, 'kms:GenerateDataKeyWithoutPlaintext');
volumes.grantActions(user, ['kms:CreateGrant'], {
  conditions: {
    Bool: { 'kms:GrantIsForAWSResource': 'true' },
    'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt'] },
  },
});

// image.ts: another account can re-encrypt images from this key to its own, and sees no data key.
const images = new Key(stack, 'images', { description: 'Images', alias: 'images', ...disposable });
images.grant(throughBlockStore, 'kms:GenerateDataKey');
images.trustAccount(otherAccount, {
  actions: ['kms:ReEncryptFrom'],
  conditions: { StringEquals: { 'kms:ViaService': `ec2.${region}.amazonaws.com` } },
});

const copies = new Key(stack, 'copies', {
  description: 'Copied images',
  alias: 'images',
  provider: research,
  ...disposable,
});
const copier = new bindings.iamUser.IamUser(stack, 'copier', {
  name: 'copier',
  provider: research,
  forceDestroy: true,
});
new bindings.iamUserPolicy.IamUserPolicy(stack, 'copies-images', {
  user: copier.name,
  name: 'copies-images',
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'kms:ReEncryptFrom', Resource: images.keyArn },
      { Effect: 'Allow', Action: ['kms:ReEncryptTo', 'kms:Decrypt'], Resource: copies.keyArn },
    ],
  }),
  provider: research,
});

new TerraformOutput(stack, 'images_arn', { value: images.keyArn, staticId: true });
new TerraformOutput(stack, 'copies_arn', { value: copies.keyArn, staticId: true });

app.synth();
