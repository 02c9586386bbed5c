/** Ctrl-C in the middle of an apply: whatever the control plane made is in the state, and the next apply finishes. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(180_000);

const before = 60;
const behind = 10;
const count = before + behind;
/** The last keys wait for a file, so that no machine is fast enough to finish before the interrupt. */
const stack = (gate: string) => `
provider "aws" {
  region = "us-east-1"
}
resource "aws_kms_key" "many" {
  count                   = ${before}
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
resource "aws_kms_alias" "many" {
  count         = ${before}
  name          = "alias/many-\${count.index}"
  target_key_id = aws_kms_key.many[count.index].id
}
resource "terraform_data" "gate" {
  provisioner "local-exec" {
    command = "until test -e '${gate}'; do sleep 0.1; done"
  }
}
resource "aws_kms_key" "behind" {
  count                   = ${behind}
  deletion_window_in_days = 7
  depends_on              = [terraform_data.gate]
}
`;

let server: TestServer;
let workspace: Workspace;
let kms: KMSClient;
let gate: string;

beforeAll(async () => {
  server = await startServer();
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  workspace = await openWorkspace(server);
  gate = join(workspace.directory, 'gate');
  await workspace.write(stack(gate));
});
afterAll(async () => {
  kms?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

async function keysMade(): Promise<readonly string[]> {
  const { Keys = [] } = await kms.send(new ListKeysCommand({ Limit: 1000 }));
  return Keys.map(({ KeyId }) => KeyId ?? '').sort();
}

async function keysRecorded(): Promise<readonly string[]> {
  const state = [...(await workspace.state())].filter(([address]) => address.startsWith('aws_kms_key.'));
  return state.map(([, { id }]) => String(id)).sort();
}

test('an interrupted apply records every key that exists, and the next one makes the rest', async () => {
  const apply = workspace.start('apply', '-auto-approve', '-no-color', '-parallelism=4');
  const ended = once(apply, 'close');
  // Some, and by far not all, exist.
  for (let tries = 0; (await keysMade()).length < 5; tries++) {
    if (tries > 3000) throw new Error('the apply makes no keys');
    await sleep(10);
  }
  process.kill(-(apply.pid ?? 0), 'SIGINT');
  const [status] = await ended;
  expect(status).toBe(1);

  const made = await keysMade();
  expect(made.length).toBeGreaterThanOrEqual(5);
  expect(made.length).toBeLessThan(count);
  expect(await keysRecorded()).toEqual(made);

  await writeFile(gate, '');
  await workspace.apply();
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  const all = await keysMade();
  expect(all).toHaveLength(count);
  expect(await keysRecorded()).toEqual(all);
  expect(all).toEqual(expect.arrayContaining([...made]));
});
