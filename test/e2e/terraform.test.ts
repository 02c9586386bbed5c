/** Terraform, our provider and a running control plane; changes by hand are made with the AWS SDK. */
import {
  CreateAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListGrantsCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(120_000);

const everything = `
provider "aws" {
  region = "us-east-1"
  default_tags { tags = { Owner = "platform" } }
}
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "orders" {
  description             = "orders"
  enable_key_rotation     = true
  rotation_period_in_days = 180
  multi_region            = true
  tags                    = { Department = "finance" }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = ["kms:*"], Resource = ["*"] },
    ]
  })
}
resource "aws_kms_key" "plain" {}
resource "aws_kms_key" "off" {
  is_enabled = false
  tags       = { Empty = "" }
}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.arn
}
resource "aws_kms_alias" "generated" {
  name_prefix   = "alias/generated-"
  target_key_id = aws_kms_key.plain.key_id
}
resource "aws_kms_grant" "finance" {
  name              = "finance"
  key_id            = aws_kms_key.orders.key_id
  grantee_principal = data.aws_caller_identity.me.arn
  operations        = ["Encrypt", "Decrypt", "CreateGrant"]
  constraints {
    encryption_context_equals = { Department = "finance" }
  }
}
resource "aws_kms_replica_key" "west" {
  region          = "us-west-2"
  description     = "orders, west"
  primary_key_arn = aws_kms_key.orders.arn
}
resource "aws_kms_key_policy" "plain" {
  key_id = aws_kms_key.plain.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.arn }, Action = "kms:*", Resource = "*" }]
  })
}
data "aws_kms_key" "orders" { key_id = aws_kms_alias.orders.name }
data "aws_kms_alias" "orders" { name = aws_kms_alias.orders.name }
`;

let server: TestServer;
let workspace: Workspace;
let kms: KMSClient;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  await workspace.write(everything);
});

afterAll(async () => {
  kms?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

async function attribute(address: string, name: string): Promise<string> {
  const value = (await workspace.state()).get(address)?.[name];
  if (typeof value !== 'string') throw new Error(`${address}.${name} is ${JSON.stringify(value)}`);
  return value;
}

test('applying creates the declared resources, and the next plan shows no changes', async () => {
  expect(await workspace.apply()).toContain('Resources: 8 added, 0 changed, 0 destroyed');
  expect(await workspace.plan()).toMatchObject({ code: 0 });

  const state = await workspace.state();
  const orders = state.get('aws_kms_key.orders');
  expect(orders).toMatchObject({
    arn: `arn:aws:kms:us-east-1:${server.accountId}:key/${orders?.id}`,
    enable_key_rotation: true,
    is_enabled: true,
    multi_region: true,
    region: 'us-east-1',
    rotation_period_in_days: 180,
    tags: { Department: 'finance' },
    tags_all: { Department: 'finance', Owner: 'platform' },
  });
  expect(state.get('aws_kms_key.off')).toMatchObject({ is_enabled: false, tags_all: { Empty: '', Owner: 'platform' } });
  expect(state.get('aws_kms_alias.generated')?.name).toMatch(/^alias\/generated-\d{18}[0-9a-f]{8}$/);
  expect(state.get('aws_kms_replica_key.west')).toMatchObject({
    id: orders?.id,
    arn: `arn:aws:kms:us-west-2:${server.accountId}:key/${orders?.id}`,
    key_rotation_enabled: true,
    region: 'us-west-2',
  });
  expect(state.get('aws_kms_grant.finance')?.grant_token).toEqual(expect.any(String));
  expect(state.get('data.aws_kms_key.orders')).toMatchObject({
    id: orders?.id,
    key_state: 'Enabled',
    multi_region_configuration: [{ multi_region_key_type: 'PRIMARY', replica_keys: [{ region: 'us-west-2' }] }],
  });
  expect(state.get('data.aws_kms_alias.orders')).toMatchObject({
    id: `arn:aws:kms:us-east-1:${server.accountId}:alias/orders`,
    target_key_id: orders?.id,
  });
  expect(state.get('data.aws_caller_identity.me')).toMatchObject({ account_id: server.accountId });
});

test('the control plane has the values of the configuration', async () => {
  const KeyId = await attribute('aws_kms_key.orders', 'id');
  const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId }));
  expect(Tags).toEqual(
    expect.arrayContaining([
      { TagKey: 'Department', TagValue: 'finance' },
      { TagKey: 'Owner', TagValue: 'platform' },
    ]),
  );
  const { Grants } = await kms.send(new ListGrantsCommand({ KeyId }));
  expect(Grants).toMatchObject([
    { Name: 'finance', Constraints: { EncryptionContextEquals: { Department: 'finance' } } },
  ]);
});

test('importing every resource into an empty state leaves a plan without changes', async () => {
  const other = await openWorkspace(server);
  try {
    await other.write(everything);
    const id = (address: string) => attribute(address, 'id');
    const imports = [
      ['aws_kms_key.orders', await id('aws_kms_key.orders')],
      ['aws_kms_key.plain', `${await id('aws_kms_key.plain')}@us-east-1`],
      ['aws_kms_key.off', await attribute('aws_kms_key.off', 'arn')],
      ['aws_kms_alias.orders', 'alias/orders'],
      ['aws_kms_alias.generated', await id('aws_kms_alias.generated')],
      ['aws_kms_grant.finance', await id('aws_kms_grant.finance')],
      ['aws_kms_replica_key.west', `${await id('aws_kms_replica_key.west')}@us-west-2`],
      ['aws_kms_key_policy.plain', await id('aws_kms_key.plain')],
    ] as const;
    for (const [address, importId] of imports) {
      expect(await other.terraform('import', '-no-color', address, importId)).toMatchObject({ code: 0 });
    }
    expect(await other.plan()).toMatchObject({ code: 0 });
  } finally {
    await other.dispose();
  }
});

test.each([
  ['aws_kms_key.new', 'orders', /not valid[\s\S]*key id/],
  ['aws_kms_key.new', '11111111-1111-4111-8111-111111111111', /non-existent remote object/],
  ['aws_kms_alias.new', 'orders', /not valid[\s\S]*alias\/orders/],
  ['aws_kms_alias.new', 'alias/nobody', /non-existent remote object/],
  ['aws_kms_grant.new', 'no-grant', /not valid[\s\S]*grant id/],
])('importing %s with id %s fails with the reason', async (address, id, reason) => {
  const other = await openWorkspace(server);
  try {
    await other.write(`
      provider "aws" {}
      resource "aws_kms_key" "new" {}
      resource "aws_kms_alias" "new" { target_key_id = aws_kms_key.new.id }
      resource "aws_kms_grant" "new" {
        key_id            = aws_kms_key.new.id
        grantee_principal = "arn:aws:iam::111122223333:root"
        operations        = ["Encrypt"]
      }`);
    const { code, stderr } = await other.terraform('import', '-no-color', address, id);
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
  } finally {
    await other.dispose();
  }
});

test('changes by hand are in a refresh-only plan, and apply repairs them', async () => {
  const KeyId = await attribute('aws_kms_key.orders', 'id');
  const plain = await attribute('aws_kms_key.plain', 'id');
  await kms.send(new DisableKeyCommand({ KeyId }));
  await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'Department', TagValue: 'sales' }] }));
  await kms.send(new UpdateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: plain }));
  const seen = await workspace.plan('-refresh-only');
  expect(seen.code).toBe(2);
  expect(seen.text).toMatch(/is_enabled\s+= true -> false/);
  expect(seen.text).toMatch(/"Department"\s+= "finance" -> "sales"/);

  await workspace.apply();
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/orders' }));
  expect(KeyMetadata).toMatchObject({ KeyId, KeyState: 'Enabled' });
});

test('a policy with the same meaning in other words is not drift, one with another meaning is', async () => {
  const KeyId = await attribute('aws_kms_key.orders', 'id');
  const put = (statement: object) =>
    kms.send(
      new PutKeyPolicyCommand({
        KeyId,
        PolicyName: 'default',
        Policy: JSON.stringify({ Statement: [statement], Version: '2012-10-17' }),
      }),
    );
  const root = `arn:aws:iam::${server.accountId}:root`;
  await put({ Resource: '*', Action: 'kms:*', Principal: { AWS: [root] }, Effect: 'Allow', Sid: 'Root' });
  expect(await workspace.plan()).toMatchObject({ code: 0 });

  await put({ Resource: '*', Action: 'kms:*', Principal: { AWS: root }, Effect: 'Allow', Sid: 'Changed' });
  expect(await workspace.plan()).toMatchObject({ code: 2 });
  await workspace.apply();
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
  expect(JSON.parse(Policy ?? '')).toMatchObject({ Statement: [{ Sid: 'Root' }] });
  expect(await workspace.plan()).toMatchObject({ code: 0 });
});

test('every resource that disappeared is planned as a create', async () => {
  const KeyId = await attribute('aws_kms_key.orders', 'id');
  const [grant] = (await kms.send(new ListGrantsCommand({ KeyId }))).Grants ?? [];
  await kms.send(new RevokeGrantCommand({ KeyId, GrantId: grant?.GrantId }));
  const off = await attribute('aws_kms_key.off', 'id');
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: off, PendingWindowInDays: 7 }));

  const { text } = await workspace.plan();
  expect(text).toContain('Plan: 2 to add, 0 to change, 0 to destroy');
  await workspace.apply();
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  expect(await attribute('aws_kms_key.off', 'id')).not.toBe(off);
});

test('updates in place reach the control plane', async () => {
  const before = await attribute('aws_kms_key.orders', 'id');
  await workspace.write(
    everything
      .replace('description             = "orders"', 'description             = "all orders"')
      .replace('enable_key_rotation     = true', 'enable_key_rotation     = false')
      .replace('Department = "finance" }\n  policy', 'Stage = "production" }\n  policy')
      .replace('target_key_id = aws_kms_key.plain.key_id', 'target_key_id = aws_kms_key.off.key_id')
      .replace('description     = "orders, west"', 'enabled         = false'),
  );
  expect(await workspace.apply()).toContain('0 added, 3 changed, 0 destroyed');
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  const state = await workspace.state();
  expect(state.get('aws_kms_key.orders')).toMatchObject({
    id: before,
    description: 'all orders',
    enable_key_rotation: false,
    tags_all: { Stage: 'production', Owner: 'platform' },
  });
  expect(state.get('aws_kms_replica_key.west')).toMatchObject({ enabled: false, description: '' });
  expect(state.get('aws_kms_alias.generated')?.target_key_arn).toBe(state.get('aws_kms_key.off')?.arn);

  await workspace.write(everything);
  await workspace.apply();
  expect(await workspace.plan()).toMatchObject({ code: 0 });
});

test('the error for an alias that already exists names it and says what to do', async () => {
  const TargetKeyId = await attribute('aws_kms_key.plain', 'id');
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId }));
  await workspace.write(
    `${everything}\nresource "aws_kms_alias" "taken" {\n  name = "alias/taken"\n  target_key_id = aws_kms_key.plain.id\n}\n`,
  );
  const { code, stderr } = await workspace.terraform('apply', '-auto-approve', '-no-color');
  expect(code).toBe(1);
  expect(stderr).toMatch(/creating KMS Alias \(alias\/taken\)/);
  expect(stderr).toMatch(/AlreadyExistsException/);
  expect(stderr).toMatch(/terraform import/);
  expect(stderr).toMatch(/Request id: [0-9a-f-]{36}/);
  await workspace.write(everything);
});

test('the error of a failed create names resource, cause and request, and the state stays empty', async () => {
  const other = await openWorkspace(server);
  try {
    await other.write(`
      provider "aws" {}
      resource "aws_kms_key" "locked" {
        policy = jsonencode({
          Version   = "2012-10-17"
          Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::999999999999:root" }, Action = "kms:*", Resource = "*" }]
        })
      }`);
    const { code, stderr } = await other.terraform('apply', '-auto-approve', '-no-color');
    expect(code).toBe(1);
    expect(stderr).toMatch(/creating KMS Key\n[\s\S]*with aws_kms_key\.locked/);
    expect(stderr).toMatch(
      /MalformedPolicyDocumentException[\s\S]*bypass_policy_lockout_safety_check[\s\S]*Request id/,
    );
    expect([...(await other.state()).keys()]).toEqual([]);
  } finally {
    await other.dispose();
  }
});

test('a create that fails half-way keeps the key, tainted, and the next apply replaces it', async () => {
  const other = await openWorkspace(server);
  const configuration = (denied: string) => `
    provider "aws" {}
    resource "aws_kms_key" "half" {
      enable_key_rotation = true
      policy = jsonencode({
        Version = "2012-10-17"
        Statement = [
          { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${server.accountId}:root" }, Action = "kms:*", Resource = "*" },
          { Effect = "Deny", Principal = "*", Action = "${denied}", Resource = "*" },
        ]
      })
    }`;
  try {
    await other.write(configuration('kms:EnableKeyRotation'));
    const { code, stderr } = await other.terraform('apply', '-auto-approve', '-no-color');
    expect(code).toBe(1);
    expect(stderr).toMatch(/enabling rotation of KMS Key \([0-9a-f-]{36}\)/);
    expect(stderr).toMatch(/AccessDeniedException[\s\S]*kms:EnableKeyRotation/);
    const made = (await other.state()).get('aws_kms_key.half');
    expect(made).toMatchObject({ enable_key_rotation: false, id: expect.any(String) });

    await other.write(configuration('kms:ImportKeyMaterial'));
    expect(await other.apply()).toContain('1 added, 0 changed, 1 destroyed');
    expect((await other.state()).get('aws_kms_key.half')).toMatchObject({ enable_key_rotation: true });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: String(made?.id) }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'PendingDeletion' });
  } finally {
    await other.dispose();
  }
});

test('endpoint and credentials can come from the provider block alone', async () => {
  const nothing = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '', AWS_DEFAULT_REGION: '' };
  const other = await openWorkspace(server, { ...nothing, AWS_ENDPOINT_URL_KMS: '', KEYSTEAD_ENDPOINT: '' });
  try {
    await other.write(`
      provider "aws" {
        region                      = "eu-central-1"
        shared_credentials_files    = ["${server.dataDir}/credentials"]
        allowed_account_ids         = ["${server.accountId}"]
        skip_credentials_validation = true
        skip_metadata_api_check     = "true"
        skip_requesting_account_id  = true
        endpoints { kms = "${server.endpoint}" }
      }
      resource "aws_kms_key" "central" { deletion_window_in_days = 7 }`);
    await other.apply();
    expect((await other.state()).get('aws_kms_key.central')).toMatchObject({
      arn: expect.stringContaining(`arn:aws:kms:eu-central-1:${server.accountId}:key/`),
    });
    expect(await other.plan()).toMatchObject({ code: 0 });
    expect((await other.terraform('destroy', '-auto-approve', '-no-color')).code).toBe(0);
  } finally {
    await other.dispose();
  }
});

test('the error for wrong credentials says what to check', async () => {
  const other = await openWorkspace(server, { AWS_SECRET_ACCESS_KEY: 'not-the-secret' });
  try {
    await other.write('provider "aws" {}\ndata "aws_caller_identity" "me" {}\n');
    const { code, stderr } = await other.terraform('plan', '-no-color');
    expect(code).toBe(1);
    expect(stderr).toMatch(/InvalidSignatureException[\s\S]*access key and its secret/);
  } finally {
    await other.dispose();
  }
});

test('without an endpoint the provider stops before it sends a request', async () => {
  const other = await openWorkspace(server, { AWS_ENDPOINT_URL_KMS: '', KEYSTEAD_ENDPOINT: '' });
  try {
    await other.write('provider "aws" {}\nresource "aws_kms_key" "new" {}\n');
    const { code, stderr } = await other.terraform('plan', '-no-color');
    expect(code).toBe(1);
    expect(stderr).toMatch(/No Keystead endpoint configured[\s\S]*KEYSTEAD_ENDPOINT/);
  } finally {
    await other.dispose();
  }
});

test('a plan warns of a policy for an organization that no account is in, until one is', async () => {
  const other = await openWorkspace(server);
  try {
    await other.write(`
      provider "aws" { region = "us-east-1" }
      resource "aws_kms_key" "shared" {
        policy = jsonencode({
          Version = "2012-10-17"
          Statement = [
            { Effect = "Allow", Principal = { AWS = "${server.accountId}" }, Action = "kms:*", Resource = "*" },
            { Sid = "org", Effect = "Allow", Principal = "*", Action = "kms:Decrypt", Resource = "*",
              Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } } },
          ]
        })
      }
    `);
    const warned = (await other.plan()).text.replaceAll(/[\s│]+/g, ' ');
    expect(warned).toContain('Warning: The key policy has conditions on organizations that cannot do what they say');
    expect(warned).toContain('Allow "org" never applies, because StringEquals aws:PrincipalOrgID never holds');
    expect((await server.keystead('identity', 'set-organization', '444455556666', 'o-a1b2c3d4e5')).stderr).toContain(
      'The account 444455556666 does not exist.',
    );
    await server.keystead('identity', 'set-organization', server.accountId, 'o-a1b2c3d4e5');
    expect((await other.plan()).text).not.toContain('Warning');
    await server.keystead('identity', 'remove-organization', server.accountId);
  } finally {
    await other.dispose();
  }
});

test('a plan that destroys keys warns of their aliases, grants, replicas and last use', async () => {
  const KeyId = await attribute('aws_kms_key.orders', 'id');
  await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('order 7') }));
  const { text } = await workspace.plan('-destroy');
  expect(text).toMatch(/Warning: KMS Key \([0-9a-z-]+\) is in use and will be deleted/);
  expect(text).toMatch(/Aliases that point to it \(1\): alias\/orders/);
  expect(text).toMatch(/Live grants, by grantee \(1\): arn:aws:iam::\d+:root \(finance\)/);
  expect(text).toMatch(/Replicas, which must be deleted first \(1\): us-west-2/);
  expect(text).toMatch(/Used in the last 90 days by:\s+\W*arn:aws:iam::\d+:root: Encrypt, last on \d{4}-\d\d-\d\dT/);
});

test('destroying schedules the deletion of every key and removes the rest', async () => {
  const KeyId = await attribute('aws_kms_key.plain', 'id');
  const { code, stdout } = await workspace.terraform('destroy', '-auto-approve', '-no-color');
  expect(stdout).toContain('Destroy complete! Resources: 8 destroyed');
  expect(code).toBe(0);
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata).toMatchObject({ KeyState: 'PendingDeletion' });
  expect([...(await workspace.state()).keys()]).toEqual([]);
});
