/**
 * kill -9 of Terraform, of the provider and of the server in the middle of an apply: the next apply converges, and every
 * object that the control plane has is in the state. All keys are declared alike, so that nothing but the run itself
 * tells their creates apart. `make test` does it with a few keys, `make test-terraform` with a thousand.
 *
 * The state is kept by an HTTP backend: Terraform rewrites a local state file in place, so that a kill can leave it empty,
 * and stores a remote one only every twenty seconds, so that a kill loses most.
 */
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { KMSClient, paginateListAliases, paginateListGrants, paginateListKeys } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { childrenOf, descendantsOf, stillRunning } from '../support/processes.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

const isAtLength = process.env.KEYSTEAD_TERRAFORM === 'all';
const count = isAtLength ? 1000 : 60;
const parallelism = `-parallelism=${isAtLength ? 50 : 5}`;

jest.setTimeout(isAtLength ? 3_600_000 : 300_000);

const stack = (description: string) => `
terraform {
  backend "http" {
    address = "http://127.0.0.1:${(backend.address() as AddressInfo).port}/state"
  }
}
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "many" {
  count                   = ${count}
  description             = "${description}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
resource "aws_kms_alias" "many" {
  count         = ${count}
  name          = "alias/many-\${count.index}"
  target_key_id = aws_kms_key.many[count.index].id
}
resource "aws_kms_grant" "many" {
  count             = ${count}
  key_id            = aws_kms_key.many[count.index].id
  grantee_principal = data.aws_caller_identity.me.arn
  operations        = ["Decrypt"]
}
`;

/** Keeps one state in memory. */
let stored: string | undefined;
/** Until it resolves no state is stored, and so no run ends. */
let mayStore: Promise<void> = Promise.resolve();
const backend: Server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    const sent = await text(request);
    await mayStore;
    // What was killed meanwhile has stored nothing.
    if (request.socket.destroyed) return;
    stored = sent;
  }
  response.writeHead(request.method === 'GET' && stored === undefined ? 404 : 200);
  response.end(request.method === 'GET' ? stored : undefined);
});

let dataDir: string;
let server: TestServer;
let workspace: Workspace;
let kms: KMSClient;

const start = (listen: string) => startServer({ dataDir, args: ['--listen', listen] });

beforeAll(async () => {
  await once(backend.listen(0, '127.0.0.1'), 'listening');
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-killed-'));
  server = await start('127.0.0.1:0');
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  workspace = await openWorkspace(server);
  await workspace.write(stack('first'));
});
afterAll(async () => {
  kms?.destroy();
  await workspace?.dispose();
  await server?.stop();
  backend.closeAllConnections();
  backend.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function all<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => readonly Item[] | undefined) {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

const paging = () => ({ client: kms, pageSize: 1000 });

async function keysMade(): Promise<readonly string[]> {
  const keys = await all(paginateListKeys(paging(), {}), ({ Keys }) => Keys);
  return keys.map(({ KeyId }) => KeyId ?? '').sort();
}

async function aliasesMade(): Promise<readonly string[]> {
  const aliases = await all(paginateListAliases(paging(), {}), ({ Aliases }) => Aliases);
  const names = aliases.map(({ AliasName = '' }) => AliasName);
  return names.filter((name) => name.startsWith('alias/many-')).sort();
}

/** Ids of the objects that exist, and of those in the state. */
async function objects() {
  const keys = await keysMade();
  const grants: string[] = [];
  for (const KeyId of keys) {
    const onKey = await all(paginateListGrants({ client: kms, pageSize: 100 }, { KeyId }), ({ Grants }) => Grants);
    grants.push(...onKey.map(({ GrantId }) => GrantId ?? ''));
  }
  const state = [...(await workspace.state())];
  const inState = (type: string, attribute: string) =>
    state.flatMap(([address, values]) => (address.startsWith(`${type}.`) ? [String(values[attribute])] : [])).sort();
  return {
    made: {
      keys,
      aliases: await aliasesMade(),
      grants: grants.sort(),
    },
    recorded: {
      keys: inState('aws_kms_key', 'id'),
      aliases: inState('aws_kms_alias', 'name'),
      grants: inState('aws_kms_grant', 'grant_id'),
    },
  };
}

/** Begins a command, and waits until what it does has come so far. */
async function runUntil(command: 'apply' | 'destroy', isSoFar: () => Promise<boolean>) {
  const child = workspace.start(command, '-auto-approve', '-no-color', parallelism);
  const ended = once(child, 'close');
  while (!(await isSoFar())) {
    if (child.exitCode !== null) throw new Error(`the ${command} ended with ${child.exitCode} too early`);
    await sleep(10);
  }
  return { pid: child.pid ?? 0, ended };
}

/** Until it has made a sixth of the keys. */
async function runApply() {
  const wanted = (await keysMade()).length + count / 6;
  return runUntil('apply', async () => (await keysMade()).length >= wanted);
}

const journal = () => readdir(join(workspace.directory, '.terraform/keystead-creates')).catch(() => []);

test('Terraform, the provider and the server are killed in turn; the next apply makes the rest, and loses nothing', async () => {
  const first = await runApply();
  const below = await descendantsOf(first.pid);
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  // The provider notices it, and ends too.
  expect(await stillRunning(below, 60_000)).toEqual([]);

  const second = await runApply();
  for (const provider of await childrenOf(second.pid)) process.kill(provider, 'SIGKILL');
  expect((await second.ended)[0]).toBe(1);

  const third = await runApply();
  await server.kill();
  server = await start(new URL(server.endpoint).host);
  // Requests are repeated for a while; on a slow machine the server is not back by then.
  await third.ended;
  await workspace.apply(parallelism);

  expect(await workspace.plan(parallelism)).toMatchObject({ code: 0 });
  const { made, recorded } = await objects();
  expect([made.keys.length, made.aliases.length, made.grants.length]).toEqual([count, count, count]);
  expect(recorded).toEqual(made);
  expect(await journal()).toEqual([]);
});

test('an apply that is killed while it changes the keys is finished by the next one', async () => {
  await workspace.write(stack('second'));
  // A look into the audit log can take as long as all changes.
  const { promise, resolve: storeAgain } = Promise.withResolvers<void>();
  mayStore = promise;
  const apply = await runUntil('apply', async () => {
    const { stdout } = await server.keystead('audit', 'tail', '--data-dir', dataDir, '--lines', '20');
    return stdout.includes('"UpdateKeyDescription"');
  });
  process.kill(apply.pid, 'SIGKILL');
  await apply.ended;
  storeAgain();
  await workspace.apply(parallelism);
  expect(await workspace.plan(parallelism)).toMatchObject({ code: 0 });
});

test('a destroy that is killed is finished by the next one', async () => {
  const isHalfway = async () => (await aliasesMade()).length < count / 2;
  const destroy = await runUntil('destroy', isHalfway);
  process.kill(destroy.pid, 'SIGKILL');
  await destroy.ended;
  const again = await workspace.terraform('destroy', '-auto-approve', '-no-color', parallelism);
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Destroy complete!')]);
  expect((await workspace.state()).size).toBe(0);
});
