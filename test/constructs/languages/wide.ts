/** The same stack as wide.py: what a first stack does not show. */
import {
  AccountPrincipal,
  Alias,
  bindings,
  Condition,
  ExternalKey,
  Grant,
  Key,
  KeyPolicyDocument,
  KeysteadProvider,
  RequireKeyRotation,
  RolePrincipal,
  SecretInput,
  Tags,
  ViaServicePrincipal,
} from '@keystead/constructs/cdktf';
import { App, Aspects, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';

const app = new App();
const stack = new TerraformStack(app, 'orders');
const provider = new KeysteadProvider(stack, 'keystead', {
  region: 'eu-west-1',
  account: '111122223333',
  localName: 'keystead',
});
const shop = new RolePrincipal('arn:aws:iam::111122223333:role/shop');

const orders = new Key(stack, 'orders', {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable's form, which Terraform must not read
  description: 'Rechnungen, größer als ${aws:username}',
  enableKeyRotation: true,
  removalProtection: false,
  tags: { b: '2', a: '1' },
  policy: new KeyPolicyDocument({
    statements: [
      {
        sid: 'Administration',
        principals: [new AccountPrincipal('111122223333'), shop],
        actions: ['kms:*'],
        conditions: [Condition.stringEquals('kms:CallerAccount', '111122223333')],
      },
    ],
  }),
});
orders.grantEncryptDecrypt(new ViaServicePrincipal('s3.eu-west-1.amazonaws.com', shop));
orders.grantEncrypt(shop, { means: 'KMS_GRANT', encryptionContextEquals: { order: '1' } });
orders.grant('arn:aws:iam::111122223333:user/carol', 'kms:DescribeKey', 'kms:List*');

const signing = new Key(stack, 'signing', { keySpec: 'ECC_NIST_P256', keyUsage: 'SIGN_VERIFY', users: [shop] });
const material = new TerraformVariable(stack, 'material', { type: 'string', sensitive: true });
new ExternalKey(stack, 'brought', { keyMaterial: SecretInput.fromVariable(material), provider });

const elsewhere = Key.fromKeyArn(
  stack,
  'elsewhere',
  'arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab',
);
new Grant(stack, 'reports', { key: elsewhere, granteePrincipal: shop, operations: ['Decrypt'] });
new Alias(stack, 'name', { targetKey: signing, aliasName: 'releases' });

const plain = new bindings.kmsKey.KmsKey(stack, 'plain', { description: 'a binding', provider });
plain.addOverride('lifecycle.ignore_changes', ['tags']);
Tags.of(stack).add('team', 'shop');
Aspects.of(stack).add(new RequireKeyRotation({ mode: 'FIX' }));
new TerraformOutput(stack, 'arn', { value: orders.keyArn });
app.synth();
