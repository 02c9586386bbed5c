/** The stack written anew with the constructs of this library; Terraform moves the key and its alias in its state. */
import { Key, KeysteadProvider } from '@keystead/constructs/cdktf';
import { App, LocalBackend, TerraformResource, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';

const { KEYSTEAD_ENDPOINT: endpoint = 'http://127.0.0.1:8600', KEYSTEAD_REGION: region = 'eu-west-1' } = process.env;

const app = new App();
const stack = new TerraformStack(app, 'move-from-aws');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new KeysteadProvider(stack, 'keystead', { endpoint, region });

const key = new Key(stack, 'orders', {
  description: 'Orders',
  rotationPeriodInDays: 365,
  removalProtection: false,
  pendingWindowInDays: 7,
});
moveFrom('aws_kms_key.orders', key);
moveFrom('aws_kms_alias.orders-alias', key.addAlias('moved-orders'));

app.synth();

/** A Terraform address follows from a construct's path; the state has the object under its former one. */
function moveFrom(address: string, construct: IConstruct): void {
  const resource = construct.node.findChild('Resource');
  if (TerraformResource.isTerraformResource(resource)) resource.moveFromId(address);
}
