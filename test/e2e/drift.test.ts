/** Drift as an operator sees it: real Terraform, real provider, real server, and changes by hand in between. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ReplicateKeyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
  UpdatePrimaryRegionCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { needs } from '../support/needs.ts';
import { command, run, runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(120_000);

interface Finding {
  readonly address?: string;
  readonly region: string;
  readonly resourceArn: string;
  readonly what: string;
  readonly attribute: string;
  readonly declared?: unknown;
  readonly actual?: unknown;
  readonly details?: readonly string[];
  readonly id: string;
  readonly severity: string;
  readonly access?: {
    readonly isComplete: boolean;
    readonly changes: readonly {
      readonly principal: string;
      readonly gained: readonly string[];
      readonly lost: readonly string[];
    }[];
  };
  readonly cause?: {
    readonly throughTerraform: boolean;
    readonly before?: { readonly eventName: string; readonly principal: string };
    readonly eventName: string;
    readonly principal: string;
    readonly time: string;
    readonly requestId: string;
    readonly sourceIp: string;
    readonly userAgent: string;
  };
  readonly unattributed?: string;
}

const names = [
  'described',
  'disabled',
  'unrotated',
  'rotated',
  'period',
  'tagged',
  'governed',
  'leaving',
  'gone',
  'named',
  'granted',
  'spread',
] as const;
type Name = (typeof names)[number];

const configuration = (alice: string) => `
provider "aws" {
  region = "us-east-1"
  default_tags { tags = { Owner = "platform" } }
}
data "aws_caller_identity" "me" {}
locals {
  # Written as no service would write it back: an account id, single values, no fixed order.
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Resource = "*", Action = "kms:*", Principal = { AWS = ["${alice}"] }, Sid = "Alice" },
      { Sid = "Root", Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = ["kms:*"], Resource = ["*"] },
    ]
    Version = "2012-10-17"
  })
}
resource "aws_kms_key" "each" {
  for_each                = toset(${JSON.stringify(names)})
  description             = each.key
  policy                  = local.policy
  multi_region            = each.key == "spread"
  enable_key_rotation     = contains(["unrotated", "period"], each.key)
  rotation_period_in_days = contains(["period"], each.key) ? 180 : null
  tags                    = each.key == "tagged" ? { Changed = "before", Removed = "soon", Empty = "" } : null
}
resource "aws_kms_key" "plain" {
  count = 2
}
resource "aws_kms_key" "off" {
  is_enabled              = false
  rotation_period_in_days = 100
  enable_key_rotation     = false
}
resource "aws_kms_key_policy" "plain" {
  key_id = aws_kms_key.plain[0].arn
  policy = local.policy
}
resource "aws_kms_alias" "moved" {
  name          = "alias/moved"
  target_key_id = aws_kms_key.each["named"].arn
}
resource "aws_kms_alias" "deleted" {
  name_prefix   = "alias/deleted-"
  target_key_id = aws_kms_key.each["named"].key_id
}
resource "aws_kms_alias" "kept" {
  name          = "alias/kept"
  target_key_id = aws_kms_key.plain[1].key_id
}
resource "aws_kms_grant" "each" {
  for_each           = toset(["kept", "revoked", "retired"])
  name               = each.key
  key_id             = aws_kms_key.each["granted"].key_id
  grantee_principal  = "${alice}"
  retiring_principal = data.aws_caller_identity.me.arn
  operations         = ["Decrypt", "Encrypt"]
  constraints {
    encryption_context_subset = { Department = "finance" }
  }
}
module "spread" {
  source  = "./moving"
}
resource "aws_kms_replica_key" "declared" {
  region          = "eu-west-1"
  primary_key_arn = aws_kms_key.each["spread"].arn
}
`;

const movingModule = `
terraform {
  required_providers {
    aws = { source = "keystead/aws" }
  }
}
resource "aws_kms_key" "moving" {
  multi_region        = true
  enable_key_rotation = true
}
resource "aws_kms_replica_key" "west" {
  region          = "us-west-2"
  primary_key_arn = aws_kms_key.moving.arn
}
`;

let server: TestServer;
let workspace: Workspace;
let alice: string;
let asRoot: KMSClient;
let asAlice: KMSClient;
let inWest: KMSClient;

beforeAll(async () => {
  server = await startServer({ args: ['--job-interval', '1'] });
  workspace = await openWorkspace(server);
  const { stdout } = await server.keystead('identity', 'create-user', 'alice');
  const value = (name: string) => new RegExp(`^${name} = (\\S+)$`, 'm').exec(stdout)?.[1] ?? '';
  alice = `arn:aws:iam::${server.accountId}:user/alice`;
  const credentials = { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
  const client = (region: string, credentials = server.credentials) =>
    new KMSClient({ endpoint: server.endpoint, region, credentials });
  asRoot = client('us-east-1');
  asAlice = client('us-east-1', credentials);
  inWest = client('us-west-2');
  await mkdir(join(workspace.directory, 'moving'));
  await writeFile(join(workspace.directory, 'moving/main.tf'), movingModule);
  await workspace.write(configuration(alice));
  await workspace.apply();
});

afterAll(async () => {
  for (const client of [asRoot, asAlice, inWest]) client?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

function drift(...args: string[]) {
  return runKeystead(['drift', '--dir', workspace.directory, ...args], server.env);
}

async function findings(): Promise<readonly Finding[]> {
  const { code, stdout, stderr } = await drift('--json');
  if (stderr !== '') throw new Error(stderr);
  const found = (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;
  expect(code).toBe(found.length > 0 ? 2 : 0);
  return found;
}

async function values(address: string): Promise<Readonly<Record<string, string>>> {
  const found = (await workspace.state()).get(address);
  if (!found) throw new Error(`${address} is not in the state`);
  return found as Record<string, string>;
}

/** The id of one of the keys made with for_each. */
const ids = new Map<Name, string>();
const idOf = (name: Name) => ids.get(name) ?? '';
const arnOf = (name: Name, region = 'us-east-1') => `arn:aws:kms:${region}:${server.accountId}:key/${idOf(name)}`;

/** A change by hand. @returns the request id in its answer */
async function byHand(answer: Promise<{ readonly $metadata: { readonly requestId?: string } }>): Promise<string> {
  return (await answer).$metadata.requestId ?? 'none';
}

test('a stack with every resource type, just applied, has no drift', async () => {
  const state = await workspace.state();
  for (const name of names) ids.set(name, String(state.get(`aws_kms_key.each["${name}"]`)?.id));
  const { code, stdout } = await drift();
  expect(stdout).toBe('No drift: 25 declared resources compared, all as declared.\n');
  expect(code).toBe(0);
  expect(await findings()).toEqual([]);
  // Until the next refresh Terraform reports the policy of a key that has an aws_kms_key_policy, and, as with the AWS
  // provider, an empty map where a new key has no tags.
  const { text } = await workspace.plan('-refresh-only');
  expect(text.match(/^ {2}# .+ has .+$/gm)).toContain('  # aws_kms_key.plain[0] has changed');
  const attributes = [...text.matchAll(/^ {6}[-+~] (\w+)/gm)].map(([, name]) => name);
  expect(new Set(attributes)).toEqual(new Set(['policy', 'tags']));
  expect(attributes.filter((name) => name === 'policy')).toHaveLength(1);
  await workspace.apply('-refresh-only');
  expect(await workspace.plan('-refresh-only')).toMatchObject({ code: 0 });
  expect(await findings()).toEqual([]);
});

/** Expected findings, by subject (an address, or the ARN of an object without an address) and attribute. */
const expected = new Map<string, Partial<Finding> & { readonly by: string; readonly requestId: string }>();

test('every change by hand is reported with its principal, time and request', async () => {
  const from = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
  const root = `arn:aws:iam::${server.accountId}:root`;
  const each = (name: Name) => `aws_kms_key.each["${name}"]`;
  const expectFinding = (subject: string, attribute: string, by: string, requestId: string, rest: Partial<Finding>) =>
    expected.set(`${subject} ${attribute}`, { by, requestId, ...rest });

  // The first caller who set the value is named, not one who set it again or changed something else later.
  const Description = 'by hand';
  const described = await byHand(
    asAlice.send(new UpdateKeyDescriptionCommand({ KeyId: idOf('described'), Description })),
  );
  await byHand(asRoot.send(new UpdateKeyDescriptionCommand({ KeyId: idOf('described'), Description })));
  await byHand(asRoot.send(new DisableKeyCommand({ KeyId: idOf('described') })));
  await byHand(asRoot.send(new EnableKeyCommand({ KeyId: idOf('described') })));
  expectFinding(each('described'), 'description', alice, described, {
    what: 'changed',
    declared: 'described',
    actual: Description,
  });

  // A change that was reverted is not the cause of a later one.
  await byHand(asRoot.send(new DisableKeyCommand({ KeyId: idOf('disabled') })));
  await byHand(asRoot.send(new EnableKeyCommand({ KeyId: idOf('disabled') })));
  const disabled = await byHand(asAlice.send(new DisableKeyCommand({ KeyId: idOf('disabled') })));
  expectFinding(each('disabled'), 'is_enabled', alice, disabled, { declared: true, actual: false });

  const unrotated = await byHand(asAlice.send(new DisableKeyRotationCommand({ KeyId: idOf('unrotated') })));
  expectFinding(each('unrotated'), 'enable_key_rotation', alice, unrotated, { declared: true, actual: false });
  const rotated = await byHand(asRoot.send(new EnableKeyRotationCommand({ KeyId: idOf('rotated') })));
  expectFinding(each('rotated'), 'enable_key_rotation', root, rotated, { declared: false, actual: true });
  const period = await byHand(
    asAlice.send(new EnableKeyRotationCommand({ KeyId: idOf('period'), RotationPeriodInDays: 90 })),
  );
  expectFinding(each('period'), 'rotation_period_in_days', alice, period, { declared: 180, actual: 90 });

  const KeyId = idOf('tagged');
  const tags = (entries: Record<string, string>) =>
    new TagResourceCommand({
      KeyId,
      Tags: Object.entries(entries).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    });
  const changed = await byHand(asAlice.send(tags({ Changed: 'after' })));
  const added = await byHand(asRoot.send(tags({ Added: 'new', Empty: '' })));
  const removed = await byHand(asRoot.send(new UntagResourceCommand({ KeyId, TagKeys: ['Removed', 'Owner'] })));
  expectFinding(each('tagged'), 'tags_all["Changed"]', alice, changed, { declared: 'before', actual: 'after' });
  expectFinding(each('tagged'), 'tags_all["Added"]', root, added, { actual: 'new' });
  expectFinding(each('tagged'), 'tags_all["Removed"]', root, removed, { declared: 'soon' });
  expectFinding(each('tagged'), 'tags_all["Owner"]', root, removed, { declared: 'platform' });

  const { Policy = '' } = await asRoot.send(new GetKeyPolicyCommand({ KeyId: idOf('governed') }));
  const widened = JSON.parse(Policy) as { Statement: { Sid: string; Action: string }[] };
  for (const statement of widened.Statement) if (statement.Sid === 'Alice') statement.Action = 'kms:D*';
  const governed = await byHand(
    asAlice.send(
      new PutKeyPolicyCommand({
        KeyId: idOf('governed'),
        Policy: JSON.stringify(widened),
        BypassPolicyLockoutSafetyCheck: true,
      }),
    ),
  );
  expectFinding(each('governed'), 'policy', alice, governed, {
    details: ['statement "Alice": Action declared "kms:*", actual "kms:D*"'],
  });
  const plain = (await values('aws_kms_key.plain[0]')).id;
  await byHand(asRoot.send(new PutKeyPolicyCommand({ KeyId: plain, Policy })));
  const emptied = await byHand(
    asRoot.send(
      new PutKeyPolicyCommand({
        KeyId: plain,
        Policy: JSON.stringify({ ...widened, Statement: widened.Statement.filter(({ Sid }) => Sid === 'Root') }),
      }),
    ),
  );
  expectFinding('aws_kms_key_policy.plain', 'policy', root, emptied, {
    details: ['statement "Alice": declared, missing in the actual policy'],
  });

  const leaving = await byHand(
    asAlice.send(new ScheduleKeyDeletionCommand({ KeyId: idOf('leaving'), PendingWindowInDays: 7 })),
  );
  expectFinding(each('leaving'), 'key', alice, leaving, {
    what: 'missing',
    actual: 'PendingDeletion',
    details: [expect.stringMatching(/^deleted for good on \d{4}-/) as never],
  });

  const repointed = await byHand(
    asRoot.send(new UpdateAliasCommand({ AliasName: 'alias/moved', TargetKeyId: idOf('granted') })),
  );
  expectFinding('aws_kms_alias.moved', 'target_key_id', root, repointed, {
    what: 'changed',
    declared: idOf('named'),
    actual: idOf('granted'),
  });
  const { name } = await values('aws_kms_alias.deleted');
  const unnamed = await byHand(asRoot.send(new DeleteAliasCommand({ AliasName: name })));
  expectFinding('aws_kms_alias.deleted', 'alias', root, unnamed, { what: 'missing', declared: name });
  const aliased = await byHand(
    asRoot.send(new CreateAliasCommand({ AliasName: 'alias/by-hand', TargetKeyId: idOf('named') })),
  );
  expectFinding(`arn:aws:kms:us-east-1:${server.accountId}:alias/by-hand`, 'alias', root, aliased, {
    what: 'unknown to Terraform',
    actual: `alias/by-hand → ${each('named')}`,
  });

  const grantOf = async (key: string) => (await values(`aws_kms_grant.each["${key}"]`)).grant_id;
  const revoked = await byHand(
    asAlice.send(new RevokeGrantCommand({ KeyId: idOf('granted'), GrantId: await grantOf('revoked') })),
  );
  expectFinding('aws_kms_grant.each["revoked"]', 'grant', alice, revoked, { what: 'missing' });
  const retired = await byHand(
    asRoot.send(new RetireGrantCommand({ KeyId: arnOf('granted'), GrantId: await grantOf('retired') })),
  );
  expectFinding('aws_kms_grant.each["retired"]', 'grant', root, retired, { what: 'missing' });
  const granted = await byHand(
    asAlice.send(
      new CreateGrantCommand({
        KeyId: idOf('granted'),
        GranteePrincipal: alice,
        Operations: ['Encrypt'],
      }),
    ),
  );
  expectFinding(arnOf('granted'), 'grant', alice, granted, {
    what: 'unknown to Terraform',
    actual: `grant of Encrypt to ${alice} on ${each('granted')}`,
  });

  const replicated = await byHand(
    asRoot.send(new ReplicateKeyCommand({ KeyId: idOf('spread'), ReplicaRegion: 'ap-south-1' })),
  );
  expectFinding(arnOf('spread', 'ap-south-1'), 'replica', root, replicated, {
    what: 'unknown to Terraform',
    region: 'ap-south-1',
    actual: `replica in ap-south-1 of ${each('spread')}`,
  });

  const found = await findings();
  const until = new Date().toISOString();
  const subjects = found.map(({ address, resourceArn, attribute }) => `${address ?? resourceArn} ${attribute}`);
  expect(subjects.toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [index, finding] of found.entries()) {
    const { by, requestId, ...rest } = expected.get(subjects[index] ?? '') ?? { by: '', requestId: '' };
    expect(finding).toMatchObject({ ...rest, cause: { principal: by, requestId, sourceIp: '127.0.0.1' } });
    const time = finding.cause?.time ?? '';
    // Audit records have whole seconds, and text with a fraction sorts before text without one.
    const atMs = Date.parse(time);
    expect(atMs).toBeGreaterThanOrEqual(Math.floor(Date.parse(from) / 1000) * 1000);
    expect(atMs).toBeLessThanOrEqual(Date.parse(until));
  }
});

test('a changed policy says who lost which action, and every difference how bad it is', async () => {
  const found = await findings();
  const of = (address: string, attribute: string) =>
    found.find((one) => one.address === address && one.attribute === attribute);
  const governed = of('aws_kms_key.each["governed"]', 'policy');
  expect(governed?.severity).toBe('use lost');
  expect(governed?.access).toMatchObject({ isComplete: true, changes: [{ principal: alice, gained: [] }] });
  expect(governed?.access?.changes[0]?.lost).toEqual(expect.arrayContaining(['kms:Encrypt', 'kms:PutKeyPolicy']));
  expect(governed?.access?.changes[0]?.lost).not.toContain('kms:Decrypt');
  expect(of('aws_kms_key.each["unrotated"]', 'enable_key_rotation')?.severity).toBe('protection lost');
  expect(of('aws_kms_key.each["leaving"]', 'key')?.severity).toBe('data at risk');
  expect(found.find(({ attribute, what }) => attribute === 'grant' && what === 'unknown to Terraform')?.severity).toBe(
    'access gained',
  );
  expect(found[0]?.severity).toBe('access gained');
  expect(found.at(-1)?.severity).toBe('cosmetic');
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
});

test('each names the change before it, and whether Terraform made it', async () => {
  const described = (await findings()).find(({ attribute }) => attribute === 'description');
  expect(described?.cause).toMatchObject({ throughTerraform: false, before: { eventName: 'CreateKey' } });
});

test('a finding is explained by the events of its key', async () => {
  const described = (await findings()).find(({ attribute }) => attribute === 'description');
  const explained = await runKeystead(['drift', 'explain', String(described?.id), '--dir', workspace.directory], {
    ...server.env,
  });
  expect(explained.code).toBe(0);
  expect(explained.stdout).toContain('aws_kms_key.each["described"]: description changed\n\n');
  expect(explained.stdout.match(/^\S+Z \w+$/gm)?.map((line) => line.split(' ')[1])).toEqual(
    expect.arrayContaining(['CreateKey', 'UpdateKeyDescription', 'DisableKey', 'EnableKey']),
  );
  expect(explained.stdout).toContain('"description":"by hand"');
  const unknown = await runKeystead(['drift', 'explain', 'none', '--dir', workspace.directory], server.env);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no finding none now')]);
});

test('the report for people says the same', async () => {
  const { code, stdout } = await drift();
  expect(code).toBe(2);
  expect(stdout).toMatch(new RegExp(`^Drift: ${expected.size} differences \\(25 declared resources compared\\)\\.\\n`));
  for (const [subject, { by, requestId }] of expected) {
    const at = subject.lastIndexOf(' ');
    expect(stdout).toContain(`${subject.slice(0, at)}: ${subject.slice(at + 1)} `);
    expect(stdout).toMatch(new RegExp(`by {8}${by} at \\S+Z from 127\\.0\\.0\\.1 \\(\\w+, request ${requestId}\\)`));
  }
});

test('terraform plan -refresh-only agrees on what Terraform can see', async () => {
  const { code, text } = await workspace.plan('-refresh-only');
  expect(code).toBe(2);
  for (const subject of expected.keys()) {
    const address = subject.slice(0, subject.lastIndexOf(' '));
    if (!address.startsWith('arn:')) expect(text).toContain(`# ${address} has`);
  }
  expect(text).not.toContain('by-hand');
});

test('the state can be read from a file and from standard input', async () => {
  const { stdout: state } = await workspace.terraform('show', '-json');
  const file = join(workspace.directory, 'state.json');
  await writeFile(file, state);
  const fromDirectory = await drift('--json');
  const fromFile = await runKeystead(['drift', '--state', file, '--json'], server.env);
  const piped = await run('bash', ['-c', `"$0" "$1" drift --state - --json < "$2"`, process.execPath, command, file], {
    env: { NODE_OPTIONS: '', ...server.env },
  });
  expect(fromFile.code).toBe(2);
  expect(fromFile.stdout).toBe(fromDirectory.stdout);
  expect(piped).toEqual(fromFile);
});

test('a caller who can read keys but not the audit log sees the differences, and why nobody is named', async () => {
  const { code, stdout } = await runKeystead(['drift', '--state', await onlyKey('described'), '--json'], {
    ...server.env,
    ...(await aliceEnvironment()),
  });
  expect(code).toBe(2);
  expect((JSON.parse(stdout) as { findings: Finding[] }).findings).toMatchObject([
    { attribute: 'description', unattributed: expect.stringContaining('cloudtrail:LookupEvents') as unknown },
  ]);
});

test('a key that the caller cannot read is an error that names the permission, never a clean report', async () => {
  const { code, stdout, stderr } = await runKeystead(['drift', '--state', await onlyKey('governed')], {
    ...server.env,
    ...(await aliceEnvironment()),
  });
  expect(stdout).toBe('');
  expect(stderr).toMatch(/not authorized to perform: kms:GetKeyPolicy on resource/);
  expect(stderr).toContain('hint: keystead drift needs kms:DescribeKey, kms:GetKeyPolicy');
  expect(code).toBe(1);
});

async function aliceEnvironment(): Promise<Readonly<Record<string, string>>> {
  const { accessKeyId, secretAccessKey } = await asAlice.config.credentials();
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** A file with a state that has only this key. */
async function onlyKey(name: Name): Promise<string> {
  const shown = JSON.parse((await workspace.terraform('show', '-json')).stdout) as {
    values: { root_module: { resources: { address: string }[] } };
  };
  const resources = shown.values.root_module.resources.filter(
    ({ address }) => address === `aws_kms_key.each["${name}"]`,
  );
  const file = join(workspace.directory, `${name}.json`);
  await writeFile(file, JSON.stringify({ ...shown, values: { root_module: { resources } } }));
  return file;
}

test('a primary key moved to another Region is reported for it and for its replica', async () => {
  const state = JSON.parse((await workspace.terraform('show', '-json')).stdout) as {
    values: { root_module: { child_modules: { resources: { values: { id: string } }[] }[] } };
  };
  const KeyId = state.values.root_module.child_modules[0]?.resources[0]?.values.id ?? '';
  const requestId = await byHand(asRoot.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'us-west-2' })));
  const arn = (region: string) => `arn:aws:kms:${region}:${server.accountId}:key/${KeyId}`;
  const moved = (await findings()).filter(({ attribute }) => attribute.startsWith('primary_'));
  expect(moved).toMatchObject([
    {
      address: 'module.spread.aws_kms_key.moving',
      attribute: 'primary_region',
      declared: 'us-east-1',
      actual: 'us-west-2',
      cause: { requestId, eventName: 'UpdatePrimaryRegion' },
    },
    {
      address: 'module.spread.aws_kms_replica_key.west',
      attribute: 'primary_key_arn',
      declared: arn('us-east-1'),
      actual: arn('us-west-2'),
      cause: { requestId },
    },
  ]);
  await byHand(inWest.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'us-east-1' })));
  expect((await findings()).filter(({ attribute }) => attribute.startsWith('primary_'))).toEqual([]);
});

test('a deleted key is attributed to the caller who scheduled its deletion, not to the service', async () => {
  const requestId = await byHand(
    asAlice.send(new ScheduleKeyDeletionCommand({ KeyId: idOf('gone'), PendingWindowInDays: 7 })),
  );
  const database = new Database(join(server.dataDir, 'keystead.db'));
  database.prepare('update keys set deletion_at_ms = 1 where key_id = ?').run(idOf('gone'));
  database.close();
  const describe = () => asRoot.send(new DescribeKeyCommand({ KeyId: idOf('gone') }));
  while (await describe().catch((error: Error) => error.name !== 'NotFoundException')) {
    await new Promise((wake) => setTimeout(wake, 100));
  }
  const found = (await findings()).filter(({ address }) => address === 'aws_kms_key.each["gone"]');
  expect(found).toMatchObject([
    { what: 'missing', actual: 'gone', resourceArn: arnOf('gone'), cause: { principal: alice, requestId } },
  ]);
});

test('applying again repairs everything that Terraform can see; the rest must be removed by hand', async () => {
  await workspace.apply();
  const left = await findings();
  expect(left.map(({ what }) => what)).toEqual(left.map(() => 'unknown to Terraform'));
  expect(left.map(({ attribute }) => attribute).toSorted()).toEqual(['alias', 'grant', 'replica']);
  await asRoot.send(new DeleteAliasCommand({ AliasName: 'alias/by-hand' }));
  const { grantId } = left.find(({ attribute }) => attribute === 'grant') as Finding & { grantId: string };
  await byHand(asRoot.send(new RevokeGrantCommand({ KeyId: idOf('granted'), GrantId: grantId })));
  const inIndia = new KMSClient({ endpoint: server.endpoint, region: 'ap-south-1', credentials: server.credentials });
  await inIndia.send(new ScheduleKeyDeletionCommand({ KeyId: idOf('spread'), PendingWindowInDays: 7 }));
  inIndia.destroy();
  const { code, stdout } = await drift();
  expect(stdout).toContain('No drift');
  expect(code).toBe(0);
});
