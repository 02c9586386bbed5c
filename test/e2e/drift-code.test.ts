/** Drift against code that Terraform need not plan: a directory of HCL, and the JSON that a CDKTF program writes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DisableKeyCommand, KMSClient, TagResourceCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(120_000);

interface Finding {
  readonly address?: string;
  readonly constructPath?: string;
  readonly what: string;
  readonly attribute: string;
  readonly declared?: unknown;
  readonly actual?: unknown;
  readonly cause?: { readonly eventName: string };
  readonly unattributed?: string;
}

let server: TestServer;
let workspace: Workspace;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  await workspace.write('resource "aws_kms_key" "orders" {}\nresource "aws_kms_key" "old" {}\n');
  await workspace.apply();
});
afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

async function drift(...args: string[]): Promise<readonly Finding[]> {
  const { stdout, stderr } = await runKeystead(['drift', '--json', ...args], workspace.env);
  if (stderr !== '') throw new Error(stderr);
  return (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;
}

test('a change that a refresh took into the state is found in the code, and what was not applied or dropped', async () => {
  const key = (await workspace.state()).get('aws_kms_key.orders')?.key_id;
  const KeyId = String(key);
  const kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  await kms.send(new DisableKeyCommand({ KeyId }));
  await kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'Team', TagValue: 'by hand' }] }));
  kms.destroy();
  await workspace.apply('-refresh-only');
  const inDir = ['--dir', workspace.directory];
  expect(await drift(...inDir)).toEqual([]);
  const changed = [
    {
      address: 'aws_kms_key.orders',
      attribute: 'is_enabled',
      declared: true,
      actual: false,
      cause: { eventName: 'DisableKey' },
    },
    {
      address: 'aws_kms_key.orders',
      attribute: 'tags_all["Team"]',
      actual: 'by hand',
      cause: { eventName: 'TagResource' },
    },
  ];
  expect(await drift(...inDir, '--code')).toMatchObject(changed);

  const metadata = (path: string) => ({ '//': { metadata: { path } } });
  const program = {
    resource: {
      aws_kms_key: { orders: metadata('stack/orders') },
      aws_kms_alias: { orders: { ...metadata('stack/alias'), name: 'alias/orders', target_key_id: KeyId } },
    },
  };
  const stack = join(workspace.directory, 'cdktf.out/stacks/one');
  await mkdir(stack, { recursive: true });
  await writeFile(join(stack, 'cdk.tf.json'), JSON.stringify(program));
  const found = await drift(...inDir, '--code', join(workspace.directory, 'cdktf.out'));
  const named = (index: 0 | 1) => ({ ...changed[index], cause: expect.objectContaining(changed[index]?.cause ?? {}) });
  expect(found).toHaveLength(4);
  for (const one of [
    { ...named(0), constructPath: 'stack/orders' },
    { ...named(1), constructPath: 'stack/orders' },
    { address: 'aws_kms_alias.orders', constructPath: 'stack/alias', what: 'not applied', attribute: 'alias' },
    { address: 'aws_kms_key.old', what: 'not in code', attribute: 'key' },
  ]) {
    expect(found).toContainEqual(expect.objectContaining(one));
  }
});

test('two codes for one state, and code beside a plan, are errors', async () => {
  const { code, stderr } = await runKeystead(
    ['drift', '--dir', workspace.directory, '--code', workspace.directory, workspace.directory],
    workspace.env,
  );
  expect([code, stderr]).toEqual([1, expect.stringContaining('There are 2 codes')]);
  const both = await runKeystead(['drift', '--plan', 'x', '--code', workspace.directory], workspace.env);
  expect([both.code, both.stderr]).toEqual([1, expect.stringContaining('--code cannot be combined with --plan')]);
});
