/**
 * Keys, aliases, grants and replicas in several stacks, Regions and two accounts, applied by the real Terraform: each is
 * made in the account and Region where it belongs.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetKeyPolicyCommand, KMSClient, ListAliasesCommand, ListGrantsCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import {
  Alias,
  Grant,
  type IKey,
  Key,
  KeyPolicy,
  KeyPolicyDocument,
  KeysteadProvider,
  ReplicaKey,
} from '@keystead/constructs/cdktf';
import type { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { caller } from '../support/calls.ts';
import { needs } from '../support/needs.ts';
import { type Credentials, startServer, type TestServer } from '../support/server.ts';
import { type StackApps, stackApps } from '../support/stack-apps.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(300_000);

const ours = '111122223333';
const theirs = '444455556666';
type Account = typeof ours | typeof theirs;

let server: TestServer;
let workspace: Workspace;
let apps: StackApps;
let credentialsFile: string;
let credentials: Readonly<Record<Account, Credentials>>;

beforeAll(async () => {
  server = await startServer();
  const root = caller(server.endpoint, server.credentials);
  const made = await root.rest('POST', '/v1/accounts', { AccountId: theirs });
  const key = made.json.AccessKey as { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  credentials = {
    [ours]: server.credentials,
    [theirs]: { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey },
  };
  // The environment has the credentials of the first account: its Region is none of the stacks'.
  workspace = await openWorkspace(server, { AWS_REGION: 'eu-west-1' });
  apps = stackApps(workspace);
  credentialsFile = join(workspace.directory, 'credentials');
  writeFileSync(
    credentialsFile,
    Object.entries(credentials)
      .map(([name, { accessKeyId, secretAccessKey }]) =>
        [`[${name}]`, `aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`, ''].join(
          '\n',
        ),
      )
      .join('\n'),
  );
});
afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

/** A provider for an account and Region; the stack's default, unless it has an alias. */
const providerIn = (stack: TerraformStack, account: Account, region: string, alias?: string) =>
  new KeysteadProvider(stack, `keystead-${alias ?? 'default'}`, {
    endpoint: server.endpoint,
    account,
    region,
    profile: account,
    sharedCredentialsFiles: [credentialsFile],
    ...(alias !== undefined && { alias }),
  });

const given = { removalProtection: false, pendingWindowInDays: 7 };
const grantee = (account: Account) => `arn:aws:iam::${account}:root`;

/** An alias and a grant, named for the combination that they are of. */
function belonging(scope: Construct, name: string, key: IKey, account: Account = ours): void {
  new Alias(scope, `alias-${name}`, { aliasName: name, targetKey: key });
  grantOn(scope, name, key, account);
}

const grantOn = (scope: Construct, name: string, key: IKey, account: Account) =>
  new Grant(scope, `grant-${name}`, { key, name, granteePrincipal: grantee(account), operations: ['Decrypt'] });

interface Combination {
  readonly name: string;
  readonly what: string;
  readonly account: Account;
  readonly region: string;
  /** A grant alone: another account cannot name the key. */
  readonly grantOnly?: true;
}

const combinations: readonly Combination[] = [
  { name: 'plain', what: 'beside its key', account: ours, region: 'eu-west-1' },
  { name: 'region', what: 'beside a key that names its Region', account: ours, region: 'eu-central-1' },
  { name: 'provider', what: 'beside a key with a provider of another Region', account: ours, region: 'us-east-1' },
  { name: 'partner', what: 'beside a key with a provider of another account', account: theirs, region: 'eu-west-1' },
  { name: 'away', what: "in another Region's stack than its key", account: ours, region: 'eu-west-1' },
  {
    name: 'away-region',
    what: "in another Region's stack, of a key that names its Region",
    account: ours,
    region: 'eu-central-1',
  },
  {
    name: 'away-provider',
    what: "in its key's Region's stack, of a key with a provider there",
    account: ours,
    region: 'us-east-1',
  },
  {
    name: 'away-unknown',
    what: "in another Region's stack than its key, whose Region is the environment's",
    account: ours,
    region: 'eu-west-1',
  },
  { name: 'replica', what: "on a replica in its own Region's stack", account: ours, region: 'us-east-1' },
  { name: 'replica-third', what: 'on a replica in the stack of a third Region', account: ours, region: 'ap-south-1' },
  {
    name: 'arn',
    what: "in another Region's stack, of a key that is named by its ARN",
    account: ours,
    region: 'us-west-2',
  },
  {
    name: 'replica-partner',
    what: "on a replica in another account's stack, of a key with a provider there",
    account: theirs,
    region: 'us-east-1',
  },
  {
    name: 'account',
    what: "in another account's stack than its key",
    account: ours,
    region: 'eu-west-1',
    grantOnly: true,
  },
  {
    name: 'account-arn',
    what: "in another account's stack, of a key that is named by its ARN",
    account: ours,
    region: 'us-west-2',
    grantOnly: true,
  },
];

const stacks = ['environment', 'keys', 'away', 'partner'];
const trusted = { actions: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:ListGrants', 'kms:RevokeGrant'] as const };

/** @param arn of a key that is declared by nobody here */
function declare(newStack: (name: string) => TerraformStack, arn: string): void {
  const environment = newStack('environment');
  new KeysteadProvider(environment, 'keystead', { endpoint: server.endpoint });
  const unknown = new Key(environment, 'unknown', given);

  const keys = newStack('keys');
  providerIn(keys, ours, 'eu-west-1');
  const plain = new Key(keys, 'plain', { ...given, multiRegion: true });
  plain.trustAccount(theirs, { actions: [...trusted.actions] });
  belonging(keys, 'plain', plain);
  const region = new Key(keys, 'region', { ...given, region: 'eu-central-1' });
  belonging(keys, 'region', region);
  const provider = new Key(keys, 'provider', { ...given, provider: providerIn(keys, ours, 'us-east-1', 'overseas') });
  belonging(keys, 'provider', provider);
  const partnerProvider = providerIn(keys, theirs, 'eu-west-1', 'partner');
  const partners = new Key(keys, 'partner', { ...given, multiRegion: true, provider: partnerProvider });
  belonging(keys, 'partner', partners, theirs);

  const away = newStack('away');
  providerIn(away, ours, 'us-east-1');
  belonging(away, 'away', plain);
  belonging(away, 'away-region', region);
  belonging(away, 'away-provider', provider);
  belonging(away, 'away-unknown', unknown);
  belonging(away, 'replica', new ReplicaKey(away, 'replica', { ...given, primaryKey: plain, region: 'us-east-1' }));
  const third = new ReplicaKey(away, 'replica-third', { ...given, primaryKey: plain, region: 'ap-south-1' });
  belonging(away, 'replica-third', third);
  const elsewhere = Key.fromKeyArn(away, 'elsewhere', arn);
  belonging(away, 'arn', elsewhere);
  new KeyPolicy(away, 'policy', {
    key: elsewhere,
    policy: new KeyPolicyDocument({
      statements: [
        { sid: 'own', principals: [ours], actions: ['kms:*'] },
        { sid: 'partner', principals: [theirs], actions: [...trusted.actions] },
      ],
    }),
  });

  const partner = newStack('partner');
  providerIn(partner, theirs, 'us-east-1');
  const primaryKey = partners;
  const partnersReplica = new ReplicaKey(partner, 'replica', { ...given, primaryKey, region: 'us-east-1' });
  belonging(partner, 'replica-partner', partnersReplica, theirs);
  grantOn(partner, 'account', plain, theirs);
  grantOn(partner, 'account-arn', Key.fromKeyArn(partner, 'elsewhere', arn), theirs);
}

const clients = new Map<string, KMSClient>();
const clientIn = (account: Account, region: string): KMSClient => {
  const known = clients.get(`${account} ${region}`);
  const client = known ?? new KMSClient({ endpoint: server.endpoint, region, credentials: credentials[account] });
  clients.set(`${account} ${region}`, client);
  return client;
};
afterAll(() => {
  for (const client of clients.values()) client.destroy();
});

let arn: string;

test('All of them are applied, and a second plan is empty', async () => {
  const { json } = await caller(server.endpoint, server.credentials, 'us-west-2').rest('POST', '/v1/keys', {});
  arn = String((json.KeyMetadata as { readonly Arn: string }).Arn);
  apps.write((newStack) => declare(newStack, arn));
  await apps.apply(...stacks);
  for (const stack of stacks)
    expect([stack, await apps.plan(stack)]).toEqual([stack, expect.stringContaining('No changes')]);
});

test.each(combinations)('$name: $what', async ({ name, account, region, grantOnly }) => {
  const client = clientIn(account, region);
  const { Aliases = [] } = await client.send(new ListAliasesCommand({}));
  const alias = Aliases.find(({ AliasName }) => AliasName === `alias/${name}`);
  if (grantOnly) expect(alias).toBeUndefined();
  else expect(alias?.AliasArn).toBe(`arn:aws:kms:${region}:${account}:alias/${name}`);
  const keyIds = grantOnly ? Aliases.map(({ TargetKeyId }) => TargetKeyId) : [alias?.TargetKeyId];
  const found: string[] = [];
  for (const KeyId of new Set(keyIds)) {
    if (KeyId === undefined) continue;
    const { Grants = [] } = await client.send(new ListGrantsCommand({ KeyId }));
    found.push(...Grants.filter(({ Name }) => Name === name).map(({ IssuingAccount }) => String(IssuingAccount)));
  }
  expect(found).toHaveLength(1);
});

test('The policy of the key that is named by its ARN is the declared one', async () => {
  const { Policy } = await clientIn(ours, 'us-west-2').send(new GetKeyPolicyCommand({ KeyId: arn }));
  expect(JSON.parse(String(Policy)).Statement.map(({ Sid }: { readonly Sid: string }) => Sid)).toEqual([
    'own',
    'partner',
  ]);
});

test('All of them are destroyed, in the other order', async () => {
  for (const stack of [...stacks].reverse()) {
    const { code, stderr } = await apps.terraform(stack, 'destroy', '-auto-approve', '-no-color');
    expect([stack, code, stderr]).toEqual([stack, 0, expect.not.stringContaining('Error')]);
  }
});
