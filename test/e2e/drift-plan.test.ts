/** `keystead drift --plan`: what code says now against what runs, with the real Terraform. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KMSClient, UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(120_000);

let server: TestServer;
let workspace: Workspace;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
});

afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

const code = (description: string, more: string) =>
  `resource "aws_kms_key" "orders" {\n  description = "${description}"\n}\n${more}`;

const old = `resource "aws_kms_alias" "old" {
  name          = "alias/old"
  target_key_id = aws_kms_key.orders.key_id
}
`;
const fresh =
  'resource "aws_kms_key" "fresh" {}\nresource "aws_kms_alias" "fresh" {\n  name          = "alias/fresh"\n  target_key_id = aws_kms_key.fresh.key_id\n}\n';

interface Finding {
  readonly address?: string;
  readonly what: string;
  readonly attribute: string;
  readonly declared?: string;
  readonly actual?: string;
  readonly cause?: { readonly eventName: string };
}

const drift = (...args: string[]) => runKeystead(['drift', '--dir', workspace.directory, ...args], workspace.env);
const findings = async (...args: string[]): Promise<readonly Finding[]> =>
  JSON.parse((await drift('--json', ...args)).stdout).findings;

test('a difference from the code is found although the state has it, and objects that only one of them has', async () => {
  await workspace.write(code('code', old));
  await workspace.apply();
  const client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  const KeyId = String((await workspace.state()).get('aws_kms_key.orders')?.key_id);
  await client.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'by hand' }));
  client.destroy();
  // Takes the change into the state, which then agrees with what runs.
  await workspace.apply('-refresh-only');
  expect((await drift()).code).toBe(0);

  await workspace.write(code('code', fresh));
  const file = join(workspace.directory, 'code.tfplan');
  await workspace.terraform('plan', `-out=${file}`);
  const found = await findings('--plan', file);
  expect(found.map(({ address, what, attribute }) => `${address} ${attribute} ${what}`).sort()).toEqual([
    ...['aws_kms_alias.fresh alias not applied', 'aws_kms_alias.old alias not in code'],
    ...['aws_kms_key.fresh key not applied', 'aws_kms_key.orders description changed'],
  ]);
  expect(found.find(({ what }) => what === 'changed')).toMatchObject({
    ...{ declared: 'code', actual: 'by hand', cause: { eventName: 'UpdateKeyDescription' } },
  });

  const json = join(workspace.directory, 'code.json');
  await writeFile(json, (await workspace.terraform('show', '-json', file)).stdout);
  expect(await findings('--plan', json)).toEqual(found);
  expect(await drift('--plan', file, '--state', json)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--plan cannot be combined with --state'),
  });
});
