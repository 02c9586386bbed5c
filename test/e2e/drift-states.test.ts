/** Directories, backends and workspaces as drift finds them with the real Terraform: nothing is green by accident. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient, UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { command, run, runKeystead, startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(120_000);

let server: TestServer;
let workspace: Workspace;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  await workspace.write('resource "aws_kms_key" "orders" {\n  description = terraform.workspace\n}\n');
});

afterAll(async () => {
  await workspace?.dispose();
  await server?.stop();
});

const drift = (...args: string[]) => runKeystead(['drift', ...args], workspace.env);
const inStack = (...args: string[]) => drift('--dir', workspace.directory, ...args);

test('a directory in which nothing was applied is an error', async () => {
  expect(await inStack()).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/has no state: nothing was applied there, or everything was destroyed\.\nhint: /),
  });
});

test('a workspace that does not exist is an error, and none is made', async () => {
  await workspace.apply();
  expect(await inStack('--workspace', 'prod')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/There is no workspace prod in .*; there is default\./),
  });
  expect((await workspace.terraform('workspace', 'list')).stdout).not.toContain('prod');
  expect(await inStack()).toMatchObject({ code: 0 });
});

test('several workspaces are compared when they are named, and none is chosen silently', async () => {
  await workspace.terraform('workspace', 'new', 'prod');
  await workspace.apply();
  await workspace.terraform('workspace', 'select', 'default');
  expect(await inStack()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has states of several workspaces: default, prod.'),
  });
  expect(await inStack('--workspace', 'default', 'prod')).toMatchObject({
    code: 0,
    stdout: 'No drift: 2 declared resources compared, all as declared.\n',
  });
});

test('a state of a backend elsewhere is read, and one that cannot be reached is an error', async () => {
  const elsewhere = await openWorkspace(server);
  const backend = (path: string) =>
    `terraform {\n  backend "local" {\n    path = "${path}"\n  }\n}\nresource "aws_kms_key" "k" {}\n`;
  await mkdir(join(elsewhere.directory, 'far'));
  await elsewhere.write(backend('far/state.json'));
  await elsewhere.apply();
  const compared = () => drift('--dir', elsewhere.directory);
  expect(await compared()).toMatchObject({ code: 0, stdout: expect.stringContaining('1 declared resource compared') });
  await writeFile(join(elsewhere.directory, 'far/state.json'), '{');
  expect(await compared()).toMatchObject({ code: 1, stderr: expect.stringContaining('failed in') });
  await rm(join(elsewhere.directory, 'far/state.json'));
  expect(await compared()).toMatchObject({ code: 1, stderr: expect.stringContaining('has no state') });
  await elsewhere.dispose();
});

test('keys that no state declares, rules, ignore_changes and reports work together', async () => {
  const stack = await openWorkspace(server);
  await stack.write(
    'resource "aws_kms_key" "k" {\n  description = "a"\n  lifecycle {\n    ignore_changes = [description]\n  }\n}\n',
  );
  await stack.apply();
  const { stdout: shown } = await stack.terraform('show', '-json');
  const key = /"key_id":"([^"]+)"/.exec(shown)?.[1] ?? '';
  const client = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  await client.send(new UpdateKeyDescriptionCommand({ KeyId: key, Description: 'by hand' }));
  const compared = (...args: string[]) => drift('--dir', stack.directory, ...args);
  expect(await compared()).toMatchObject({ code: 0 });

  const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: 'shadow' }));
  client.destroy();
  const page = join(stack.directory, 'drift.html');
  const unmanaged = await compared('--unmanaged', '--all', '--report', `html=${page}`);
  expect(unmanaged.code).toBe(2);
  expect(unmanaged.stdout).toContain(`${KeyMetadata?.Arn}: key unknown to Terraform\n    actual    shadow\n`);
  expect(unmanaged.stdout).toContain('(CreateKey, request ');
  expect(await readFile(page, 'utf8')).toContain('<h2>Timeline</h2>');

  const config = join(stack.directory, 'rules.yaml');
  const rule = (expires: string) =>
    writeFile(
      config,
      `stacks: [{ dir: . }]\ncomplete: true\nignore:\n  - { pattern: "arn:aws:kms:*", attribute: key, reason: tests, owner: me, expires: "${expires}" }\n`,
    );
  await rule('2999-12-31');
  expect(await drift('--config', config)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^No drift: .*\n\d+ differences? left out by rules\.\n$/),
  });
  await rule('2020-01-01');
  const late = await drift('--config', config);
  expect(late.code).toBe(2);
  expect(late.stdout).toContain(
    'arn:aws:kms:*: key ignore rule expired\n    expired after 2020-01-01; owner me; reason: tests',
  );
  await stack.dispose();
});

test('keystead-drift.yaml in the directory names stacks, each with its credentials', async () => {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const shared = join(workspace.directory, 'credentials');
  await writeFile(
    shared,
    `[reader]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n[nobody]\naws_access_key_id = AKIA0000000000000000\naws_secret_access_key = wrong\n`,
  );
  const stacks = (profile: string) =>
    writeFile(
      join(workspace.directory, 'keystead-drift.yaml'),
      `stacks:\n  - { dir: ., workspace: default, profile: ${profile}, endpoint: "${server.endpoint}" }\n  - { dir: ., workspace: prod, profile: ${profile}, endpoint: "${server.endpoint}" }\n`,
    );
  const env = { ...workspace.env, AWS_SHARED_CREDENTIALS_FILE: shared, KEYSTEAD_ENDPOINT: 'http://127.0.0.1:1' };
  const here = () =>
    run('bash', ['-c', 'cd "$1" && exec "$2" "$3" drift', '-', workspace.directory, process.execPath, command], {
      env,
    });
  await stacks('reader');
  expect(await here()).toMatchObject({ code: 0, stdout: expect.stringContaining('2 declared resources compared') });
  await stacks('nobody');
  expect(await here()).toMatchObject({ code: 1, stderr: expect.stringContaining('UnrecognizedClientException') });
});
