/** The stack that exists already, as it was written for the AWS provider. It does not change. */
import { LocalBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { AwsProvider, KmsAlias, KmsKey } from './prebuilt.ts';

const { KEYSTEAD_REGION: region = 'eu-west-1' } = process.env;

export class OrdersStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new LocalBackend(this, { path: 'terraform.tfstate' });
    new AwsProvider(this, 'aws', { region });
    const key = new KmsKey(this, 'orders', { description: 'Orders', deletionWindowInDays: 7 });
    new KmsAlias(this, 'orders-alias', { name: 'alias/moved-orders', targetKeyId: key.keyId });
  }
}
