/** The program of docs/guide/constructs-policies.md: `make check` compiles it, and a test compares and executes it. */
import {
  Condition,
  Group,
  Key,
  KeyPolicyDocument,
  KmsConditionKey,
  ManagedPolicy,
  OpenIdConnectProvider,
  Role,
  RolePrincipal,
  ServicePrincipal,
  User,
  ViaServicePrincipal,
} from '@keystead/constructs/cdktf';
import type { TerraformStack } from 'cdktf';

export function declare(stack: TerraformStack): void {
  const ops = new RolePrincipal('arn:aws:iam::111122223333:role/ops');
  const archive = new ServicePrincipal('backup.amazonaws.com', { sourceAccount: '111122223333' });
  const table = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders';
  const database = new ServicePrincipal('dynamodb.amazonaws.com', { sourceArn: table });
  const readers = new ViaServicePrincipal('s3.eu-west-1.amazonaws.com', 'arn:aws:iam::111122223333:role/readers');

  const key = new Key(stack, 'orders', { alias: 'orders', administrators: [ops] });
  const app = new Role(stack, 'app', { assumedBy: ['arn:aws:iam::111122223333:user/ci'] });

  key.grantDecrypt(readers);
  key.grantEncryptDecrypt(app, { means: 'IDENTITY_POLICY' });
  key.grantGenerateDataKey(ops, { means: 'KMS_GRANT', encryptionContextSubset: { app: 'shop' } });
  key.grantDecrypt(database, { means: 'KMS_GRANT', retiringPrincipal: ops });
  key.trustAccount('444455556666', { actions: ['kms:Decrypt'] });

  key.addToKeyPolicy({
    effect: 'Deny',
    principals: ['*'],
    actions: ['kms:Decrypt'],
    conditions: { StringNotEquals: { 'kms:EncryptionContext:app': 'shop' } },
  });
  key.grantEncrypt(archive, {
    conditions: [Condition.stringEquals(KmsConditionKey.encryptionContext('app'), 'shop')],
  });

  const reviewed = KeyPolicyDocument.fromJson({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 'kms:*',
      Resource: '*',
    },
  });
  reviewed.addStatement({ effect: 'Deny', notPrincipals: [ops, '111122223333'], actions: ['kms:ScheduleKeyDeletion'] });
  new Key(stack, 'ledger', { policy: reviewed });

  const github = new OpenIdConnectProvider(stack, 'github', {
    url: 'https://token.actions.githubusercontent.com',
    clientIds: ['keystead'],
  });
  const deploy = new Role(stack, 'deploy', {
    assumedBy: [github.principal({ audiences: ['keystead'], subjects: ['repo:example/shop:ref:refs/heads/main'] })],
  });
  key.grantAdmin(deploy, { means: 'IDENTITY_POLICY' });

  const staff = new Group(stack, 'staff', { users: [new User(stack, 'alice')] });
  key.grantDecrypt(staff, { means: 'IDENTITY_POLICY' });
  staff.addManagedPolicy(
    new ManagedPolicy(stack, 'list', { statements: [{ actions: ['kms:ListKeys'], resources: ['*'] }] }),
  );
}
