/** A state with what its code says now, read without Terraform. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withChosenCode } from '@keystead/control-plane/cli/drift/states/chosen-code.ts';
import { withCode } from '@keystead/control-plane/cli/drift/states/code.ts';
import { readConfigured } from '@keystead/control-plane/cli/drift/states/configured.ts';
import type { Stack } from '@keystead/control-plane/cli/drift/states/stack.ts';
import { declared, defaultPolicy, keyState } from '../state.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keystead-code-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const state = declared(
  keyState({ is_enabled: false, tags_all: { Team: 'state', Owner: 'platform' }, deletion_protection: true }),
  keyState({ key_id: 'other' }, { address: 'aws_kms_key.other["a"]' }),
);

async function compared(files: Readonly<Record<string, string>>, resources = state) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  const { resources: found, code } = withCode(resources, await readConfigured(dir), 'us-east-1');
  return {
    of: (address: string) => found.find((resource) => resource.address === address),
    notApplied: code.notApplied.map(({ resource }) => resource.address),
    notInCode: code.notInCode.map(({ address }) => address),
    code,
  };
}
const other = 'resource "aws_kms_key" "other" {\n  for_each = toset(["a"])\n}\n';

test('what is written out replaces the value of the state, and what is not has the default', async () => {
  const { of } = await compared({
    'main.tf': `${other}resource "aws_kms_key" "orders" {\n  description = "code"\n  tags = { Team = "code", "b c" = "d" }\n}\n`,
  });
  expect(of('aws_kms_key.orders')?.values).toMatchObject({
    description: 'code',
    is_enabled: true,
    enable_key_rotation: false,
    deletion_protection: false,
    policy: defaultPolicy,
    tags_all: { Team: 'code', 'b c': 'd' },
  });
});

test('what only Terraform can compute stays as the state has it', async () => {
  const { of } = await compared({
    'main.tf': `${other}resource "aws_kms_key" "orders" {
  description = "\${var.x} y"
  is_enabled  = var.on
  tags        = merge(local.tags, { Team = "x" })
  policy      = jsonencode({})
}
`,
  });
  expect(of('aws_kms_key.orders')?.values).toMatchObject({
    description: 'orders',
    is_enabled: false,
    tags_all: { Team: 'state', Owner: 'platform' },
    policy: defaultPolicy,
  });
});

test("tags of the provider are code's, unless they are of several providers", async () => {
  const key = `${other}resource "aws_kms_key" "orders" {}\n`;
  const provider = 'provider "aws" {\n  default_tags {\n    tags = { Owner = "code" }\n  }\n}\n';
  expect((await compared({ 'main.tf': key + provider })).of('aws_kms_key.orders')?.values.tags_all).toEqual({
    Owner: 'code',
  });
  const two = `${provider}provider "aws" {\n  alias = "b"\n}\n`;
  expect((await compared({ 'main.tf': key + two })).of('aws_kms_key.orders')?.values.tags_all).toEqual({
    Team: 'state',
    Owner: 'platform',
  });
});

test('the synthesized JSON of a CDKTF program is code, with its construct paths', async () => {
  const program = {
    provider: { aws: [{ region: 'us-east-1', default_tags: [{ tags: { Owner: 'code' } }] }] },
    resource: {
      aws_kms_key: {
        orders: {
          '//': { metadata: { path: 'stack/orders' } },
          description: 'code',
          tags: { Team: 'code' },
          policy: '{}',
        },
        other: { for_each: `\${toset(["a"])}`, description: `\${each.key}` },
        new: { '//': { metadata: { path: 'stack/new' } } },
        counted: { count: 0 },
      },
      aws_kms_alias: { new: { name: 'alias/new', target_key_id: `\${aws_kms_key.new.id}` } },
      aws_s3_bucket: { new: {} },
    },
  };
  await writeFile(join(dir, 'cdk.tf.json'), JSON.stringify(program));
  const configured = await readConfigured(join(dir, 'cdk.tf.json'));
  expect(configured.constructPath('aws_kms_key.orders')).toBe('stack/orders');
  const { of, notApplied, notInCode, code } = await compared({});
  expect(of('aws_kms_key.orders')?.values).toMatchObject({
    description: 'code',
    policy: '{}',
    tags_all: { Owner: 'code', Team: 'code' },
  });
  expect(of('aws_kms_key.other["a"]')?.values.description).toBe('orders');
  expect([notApplied, notInCode]).toEqual([['aws_kms_key.new', 'aws_kms_alias.new'], []]);
  expect(code.notApplied[0]?.resource.constructPath).toBe('stack/new');
});

test('what code has dropped is named, and not compared any more; what it moves or forgets is neither', async () => {
  const dropped = await compared({ 'main.tf': 'resource "aws_kms_key" "orders" {}\n' });
  expect(dropped.notInCode).toEqual(['aws_kms_key.other["a"]']);
  expect(dropped.of('aws_kms_key.other["a"]')?.deposed).toBe(true);
  const moved = await compared({
    'main.tf':
      'resource "aws_kms_key" "new" {}\nmoved {\n  from = aws_kms_key.orders\n  to   = aws_kms_key.new\n}\nremoved {\n  from = aws_kms_key.other\n}\n',
  });
  expect([moved.notInCode, moved.notApplied]).toEqual([[], []]);
  expect(moved.of('aws_kms_key.orders')?.deposed).toBe(false);
});

describe('which code belongs to which state', () => {
  const stack = (source: Stack['source']): Stack => ({
    name: 'x',
    source,
    endpoint: 'http://localhost',
    region: 'us-east-1',
    provider: 'keystead/aws',
    mayBeEmpty: false,
  });
  const [file, inDir] = [stack({ file: 's.json' }), stack({ dir: 'd', terraform: 'terraform' })];

  test('a directory is its own, and the stacks of a program are those of its directory, in order', async () => {
    expect(await withChosenCode([inDir], true)).toMatchObject([{ code: 'd' }]);
    await mkdir(join(dir, 'stacks/a'), { recursive: true });
    await mkdir(join(dir, 'stacks/b'));
    const found = await withChosenCode([file, inDir], [dir]);
    expect(found.map(({ code }) => code)).toEqual([join(dir, 'stacks/a'), join(dir, 'stacks/b')]);
    expect(await withChosenCode([file], undefined)).toEqual([file]);
  });

  test('a state without code, a code without state, and a path that does not exist are errors', async () => {
    await expect(withChosenCode([file], true)).rejects.toThrow('x has no code beside it.');
    await expect(withChosenCode([file], [dir, dir])).rejects.toThrow(/There are 2 codes .* for 1 states/);
    await expect(withChosenCode([file], [join(dir, 'none')])).rejects.toThrow('does not exist');
  });
});
