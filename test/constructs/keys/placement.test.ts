/** What belongs to a key, in another stack, Region or account than the key. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Alias,
  Grant,
  Key,
  KeyPolicy,
  KeyPolicyDocument,
  KeysteadProvider,
  type KeysteadProviderProps,
  ReplicaKey,
} from '@keystead/constructs/cdktf';
import { App, TerraformStack, Testing } from 'cdktf';
import { type Arguments, account, alice, type Configuration, theResource } from '../stack.ts';

const other = '444455556666';
const arn = `arn:aws:kms:eu-central-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/** A stack for keys and one for what belongs to them. */
function twoStacks(home: KeysteadProviderProps, away: KeysteadProviderProps) {
  const app = Testing.app();
  const stacks = { home: new TerraformStack(app, 'home'), away: new TerraformStack(app, 'away') };
  new KeysteadProvider(stacks.home, 'keystead', home);
  new KeysteadProvider(stacks.away, 'keystead', away);
  return stacks;
}

/** Synthesizes the app. @returns what Terraform reads of the stack */
function written(stack: TerraformStack): Configuration {
  const app = App.of(stack);
  app.synth();
  return JSON.parse(readFileSync(join(app.outdir, 'stacks', stack.node.id, 'cdk.tf.json'), 'utf8'));
}

const ireland = { account, region: 'eu-west-1' };
const virginia = { account, region: 'us-east-1' };

/** What a key of one stack has in another. */
function belonging(
  home: KeysteadProviderProps,
  away: KeysteadProviderProps,
  declare: (home: TerraformStack) => Key = (stack) => new Key(stack, 'key'),
): Readonly<Record<'alias' | 'grant', Arguments>> {
  const stacks = twoStacks(home, away);
  const key = declare(stacks.home);
  new Alias(stacks.away, 'alias', { aliasName: 'orders', targetKey: key });
  new Grant(stacks.away, 'grant', { key, granteePrincipal: alice, operations: ['Decrypt'] });
  const configuration = written(stacks.away);
  return { alias: theResource(configuration, 'aws_kms_alias'), grant: theResource(configuration, 'aws_kms_grant') };
}

const reference = (attribute: string) =>
  expect.stringMatching(
    new RegExp(
      `^\\$\\{data\\.terraform_remote_state\\.[\\w-]+\\.outputs\\.cross-stack-output-aws_kms_keykey_\\w+?${attribute}\\}$`,
    ),
  );

describe('An alias and a grant in another stack', () => {
  test("are asked for in the key's Region, through their own stack's provider", () => {
    for (const resource of Object.values(belonging(ireland, virginia))) {
      expect(resource).toEqual(expect.objectContaining({ provider: 'aws', region: 'eu-west-1' }));
    }
  });

  test('name no Region where both stacks are in one', () => {
    for (const resource of Object.values(belonging(ireland, ireland))) expect(resource.region).toBeUndefined();
  });

  test("take the Region from the key's own provider", () => {
    const made = belonging(ireland, ireland, (home) => {
      const provider = new KeysteadProvider(home, 'overseas', { ...virginia, alias: 'overseas' });
      return new Key(home, 'key', { provider });
    });
    for (const resource of Object.values(made)) {
      expect(resource).toEqual(expect.objectContaining({ provider: 'aws', region: 'us-east-1' }));
    }
  });

  test("take the key's Region as Terraform knows it, where the key's provider has it from the environment", () => {
    for (const resource of Object.values(belonging({}, virginia))) expect(resource.region).toEqual(reference('region'));
  });

  test('name the key so that its account is in it, where they can be in another', () => {
    const { home, away } = twoStacks(ireland, { account: other, region: 'eu-west-1' });
    new Grant(away, 'grant', { key: new Key(home, 'key'), granteePrincipal: alice, operations: ['Decrypt'] });
    const grant = theResource(written(away), 'aws_kms_grant');
    expect(grant.key_id).toEqual(reference('arn'));
  });
});

describe('What belongs to a key of the same stack', () => {
  test('follows a provider that it names itself', () => {
    const { home } = twoStacks(ireland, ireland);
    const provider = new KeysteadProvider(home, 'overseas', { ...virginia, alias: 'overseas' });
    new Alias(home, 'alias', { aliasName: 'orders', targetKey: new Key(home, 'key'), provider });
    expect(theResource(written(home), 'aws_kms_alias')).toEqual(
      expect.objectContaining({ provider: 'aws.overseas', region: 'eu-west-1' }),
    );
  });

  test('has the Region of an ARN', () => {
    const { home } = twoStacks(ireland, ireland);
    const policy = new KeyPolicyDocument({ statements: [{ principals: [account], actions: ['kms:*'] }] });
    new KeyPolicy(home, 'policy', { key: Key.fromKeyArn(home, 'key', arn), policy });
    expect(theResource(written(home), 'aws_kms_key_policy').region).toBe('eu-central-1');
  });
});

describe('A replica', () => {
  test("in the stack of its own Region is made there, by the primary's Region", () => {
    const { home, away } = twoStacks(ireland, virginia);
    const primaryKey = new Key(home, 'key', { multiRegion: true });
    new ReplicaKey(away, 'replica', { primaryKey, region: 'us-east-1', alias: 'orders' });
    const configuration = written(away);
    expect(theResource(configuration, 'aws_kms_replica_key')).toEqual(
      expect.objectContaining({ region: 'us-east-1', primary_key_arn: reference('arn'), provider: 'aws' }),
    );
    expect(theResource(configuration, 'aws_kms_alias')).toEqual(
      expect.objectContaining({ region: 'us-east-1', provider: 'aws' }),
    );
  });

  test("in the primary's Region is refused, whichever stack it is in", () => {
    const { home, away } = twoStacks(ireland, virginia);
    const primaryKey = new Key(home, 'key', { multiRegion: true });
    new ReplicaKey(away, 'replica', { primaryKey, region: 'eu-west-1' });
    expect(() => written(away)).toThrow(/\[away\/replica\] The primary key is in eu-west-1 already/);
  });

  test("of a primary with a provider of its own is served by its stack's", () => {
    const { home, away } = twoStacks(ireland, virginia);
    const provider = new KeysteadProvider(home, 'paris', { account, region: 'eu-west-3', alias: 'paris' });
    const primaryKey = new Key(home, 'key', { multiRegion: true, provider });
    const replica = new ReplicaKey(away, 'replica', { primaryKey, region: 'eu-west-1' });
    expect(replica.provider).toBeUndefined();
    expect(theResource(written(away), 'aws_kms_replica_key')).toEqual(
      expect.objectContaining({ region: 'eu-west-1', provider: 'aws' }),
    );
  });
});

describe('Refused, with what to do,', () => {
  const stranger = { account: other, region: 'eu-west-1' };

  test('is an alias in another account', () => {
    expect(() => belonging(ireland, stranger)).toThrow(
      /\[away\/alias\] The key home\/key is in account 111122223333, .* for account 444455556666: an alias names a key of its own account\. Declare it in a stack of account 111122223333/,
    );
    const { away } = twoStacks(ireland, stranger);
    Key.fromKeyArn(away, 'key', arn).addAlias('orders');
    expect(() => written(away)).toThrow(/\[away\/key\/Alias-orders\] .* an alias names a key of its own account/);
  });

  test('is a key policy in another account', () => {
    const { away } = twoStacks(ireland, stranger);
    const policy = new KeyPolicyDocument({ statements: [{ principals: [account], actions: ['kms:*'] }] });
    new KeyPolicy(away, 'policy', { key: Key.fromKeyArn(away, 'key', arn), policy });
    expect(() => written(away)).toThrow(/\[away\/policy\] .* a key policy is put by the account of its key/);
  });

  test('is a replica in another account', () => {
    const { home, away } = twoStacks(ireland, { ...stranger, region: 'us-east-1' });
    new ReplicaKey(away, 'replica', { primaryKey: new Key(home, 'key', { multiRegion: true }), region: 'us-east-1' });
    expect(() => written(away)).toThrow(/\[away\/replica\] .* a replica is in the account of its primary key/);
  });

  test('is an alias in another Region than its key', () => {
    const { home, away } = twoStacks(ireland, virginia);
    new Alias(away, 'alias', { aliasName: 'orders', targetKey: new Key(home, 'key'), region: 'us-east-1' });
    expect(() => written(away)).toThrow(
      /\[away\/alias\] The key home\/key is in eu-west-1, and an alias names a key of its own Region\. Leave `region` out/,
    );
  });

  test('is a provider of another stack', () => {
    const { home, away } = twoStacks(ireland, virginia);
    const provider = new KeysteadProvider(home, 'overseas', { ...virginia, alias: 'overseas' });
    new Key(away, 'key', { provider });
    expect(() => written(away)).toThrow(
      /The provider home\/overseas is of the stack "home".* Pass one of the stack "away"/,
    );
  });
});
