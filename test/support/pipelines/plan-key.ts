/** The key that encrypts saved plans, under the alias that the templates name. */
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { TestServer } from '../server.ts';

/** Lets the roles `<prefix>-plan` and `<prefix>-apply` do their part, and the account manage the key. */
export async function createPlanKey({ endpoint, credentials, accountId }: TestServer, prefix: string): Promise<void> {
  const client = new KMSClient({ endpoint, region: 'us-east-1', credentials });
  const arn = (rest: string) => ({ AWS: `arn:aws:iam::${accountId}:${rest}` });
  const allow = (Principal: object, Action: string) => ({ Effect: 'Allow', Principal, Action, Resource: '*' });
  const Statement = [
    allow(arn('root'), 'kms:*'),
    allow(arn(`role/${prefix}-plan`), 'kms:GenerateDataKey'),
    allow(arn(`role/${prefix}-apply`), 'kms:Decrypt'),
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const { KeyMetadata: key } = await client.send(new CreateKeyCommand({ Description: 'saved plans', Policy }));
  await client.send(new CreateAliasCommand({ AliasName: 'alias/ci-plans', TargetKeyId: key?.KeyId }));
  client.destroy();
}
