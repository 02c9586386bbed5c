/** Keys that cross from one stack to another, synthesized as an app is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Grant, Key, KeysteadProvider, type KeysteadProviderProps, ReplicaKey } from '@keystead/constructs/cdktf';
import { App, TerraformStack, Testing } from 'cdktf';
import { account, alice, bob, type Configuration, thePolicy, theResource } from '../stack.ts';

function twoStacks(provider: KeysteadProviderProps): [TerraformStack, TerraformStack] {
  const app = Testing.app();
  const stacks: [TerraformStack, TerraformStack] = [new TerraformStack(app, 'keys'), new TerraformStack(app, 'users')];
  for (const stack of stacks) new KeysteadProvider(stack, 'keystead', provider);
  return stacks;
}

function written(stack: TerraformStack): Configuration {
  const app = App.of(stack);
  app.synth();
  return JSON.parse(readFileSync(join(app.outdir, 'stacks', stack.node.id, 'cdk.tf.json'), 'utf8'));
}

const throughOutputs = /^\$\{data\.terraform_remote_state\.[\w-]+\.outputs\./;

test('A grant in another stack reads the key from its stack’s outputs and uses its own provider', () => {
  const [keys, users] = twoStacks({ account });
  const key = new Key(keys, 'key');
  new Grant(users, 'grant', { key, granteePrincipal: alice, operations: ['Decrypt'] });
  const grant = theResource(written(users), 'aws_kms_grant');
  expect(grant).toEqual(expect.objectContaining({ provider: 'aws', key_id: expect.stringMatching(throughOutputs) }));
});

test('A replica in another stack takes its primary’s policy and looks its account up by itself', () => {
  const [keys, users] = twoStacks({});
  const primaryKey = new Key(keys, 'key', { multiRegion: true, users: [alice] });
  new ReplicaKey(users, 'replica', { primaryKey, region: 'us-east-1' });
  primaryKey.grantDecrypt(bob);
  const configuration = written(users);
  const [lookup] = Object.keys(configuration.data?.aws_caller_identity ?? {});
  const { Statement } = thePolicy(configuration, 'aws_kms_replica_key');
  expect(Statement).toHaveLength(3);
  expect(Statement[0]?.Principal).toEqual({
    AWS: `arn:aws:iam::\${data.aws_caller_identity.${lookup}.account_id}:root`,
  });
  expect(theResource(configuration, 'aws_kms_replica_key').primary_key_arn).toMatch(throughOutputs);
});

test('Two stacks find a provider each', () => {
  const stacks = twoStacks({ account });
  for (const stack of stacks) new Key(stack, 'key');
  for (const stack of stacks) expect(theResource(written(stack), 'aws_kms_key').provider).toBe('aws');
});
