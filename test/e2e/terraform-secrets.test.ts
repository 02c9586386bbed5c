/** Secrets that Terraform uses and never stores, functions, and what a plan knows before apply: with the real one. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { filesOfPlan } from '../support/plan-file.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(180_000);

const secret = 'a-secret-that-is-nowhere';

const stack = (version: string) => `
variable "secret" {
  type      = string
  ephemeral = true
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_kms_key" "orders" {
  deletion_window_in_days = 7
}
# Both counts are known before the key exists, because the plan says how an ARN begins.
resource "aws_kms_alias" "known" {
  count         = startswith(aws_kms_key.orders.arn, "arn:") ? 1 : 0
  name          = "alias/known"
  target_key_id = aws_kms_key.orders.id
}
resource "aws_kms_alias" "never" {
  count         = aws_kms_key.orders.id == null ? 1 : 0
  name          = "alias/never"
  target_key_id = aws_kms_key.orders.id
}
resource "aws_kms_ciphertext" "hidden" {
  key_id               = aws_kms_key.orders.key_id
  context              = { app = "orders" }
  plaintext_wo         = var.secret
  plaintext_wo_version = "${version}"
}
ephemeral "aws_kms_secrets" "opened" {
  secret {
    name    = "hidden"
    payload = aws_kms_ciphertext.hidden.ciphertext_blob
    context = { app = "orders" }
  }
}
resource "aws_kms_ciphertext" "again" {
  key_id               = aws_kms_key.orders.arn
  plaintext_wo         = ephemeral.aws_kms_secrets.opened.plaintext["hidden"]
  plaintext_wo_version = "1"
}
ephemeral "aws_kms_data_key" "material" {
  key_id   = aws_kms_key.orders.arn
  key_spec = "AES_256"
}
resource "aws_kms_external_key" "imported" {
  enabled                        = true
  deletion_window_in_days        = 7
  key_material_base64_wo         = ephemeral.aws_kms_data_key.material.plaintext_base64
  key_material_base64_wo_version = "1"
}
output "parsed" {
  value = provider::aws::arn_parse("arn:aws:kms:eu-west-1:111122223333:key/a:b")
}
output "built" {
  value = provider::aws::arn_build("aws", "iam", "", "111122223333", "role/a")
}
output "trimmed" {
  value = provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/some/path/name")
}
output "product" {
  value = provider::aws::user_agent("module", "1.0", "ours")
}
`;

let server: TestServer;
let workspace: Workspace;
let kms: KMSClient;

beforeAll(async () => {
  server = await startServer();
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  workspace = await openWorkspace(server, { TF_VAR_secret: secret });
  await workspace.write(stack('1'));
});

afterAll(async () => {
  kms?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

async function decrypted(address: string, EncryptionContext?: Record<string, string>): Promise<string> {
  const { ciphertext_blob: blob } = (await workspace.state()).get(address) ?? {};
  const CiphertextBlob = Buffer.from(String(blob), 'base64');
  const { Plaintext } = await kms.send(
    new DecryptCommand({ CiphertextBlob, ...(EncryptionContext && { EncryptionContext }) }),
  );
  return Buffer.from(Plaintext ?? []).toString();
}

test('a plan of what does not exist yet decides what its refinements say, and apply makes it so', async () => {
  const { stdout, stderr, code } = await workspace.terraform('plan', '-out=first', '-no-color');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('aws_kms_alias.known[0] will be created');
  expect(stdout).not.toContain('aws_kms_alias.never');
  expect(await workspace.apply('first')).toContain('Resources: 5 added, 0 changed, 0 destroyed');
  expect(await workspace.plan()).toMatchObject({ code: 0 });
});

test('write-only and ephemeral values arrive, and are in no state and no plan', async () => {
  expect(await decrypted('aws_kms_ciphertext.hidden', { app: 'orders' })).toBe(secret);
  expect(await decrypted('aws_kms_ciphertext.again')).toBe(secret);
  const material = (await workspace.state()).get('aws_kms_external_key.imported');
  expect(material).toMatchObject({ key_state: 'Enabled', key_material_base64_wo_version: '1' });
  const used = new EncryptCommand({ KeyId: String(material?.id), Plaintext: Buffer.of(1) });
  const { CiphertextBlob } = await kms.send(used);
  expect((await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Uint8Array.of(1));

  await workspace.write(stack('2'));
  await workspace.plan('-out=second');
  const state = await readFile(join(workspace.directory, 'terraform.tfstate'), 'utf8');
  const plan = filesOfPlan(join(workspace.directory, 'second'));
  expect(plan.includes('aws_kms_ciphertext')).toBe(true);
  for (const form of [secret, Buffer.from(secret).toString('base64')]) {
    expect(state).not.toContain(form);
    expect(plan.includes(form)).toBe(false);
    expect(server.log()).not.toContain(form);
  }
});

test('another version makes a new ciphertext, in place of the old one', async () => {
  const before = (await workspace.state()).get('aws_kms_ciphertext.hidden');
  expect(await workspace.apply()).toContain('Resources: 1 added, 0 changed, 1 destroyed');
  const after = (await workspace.state()).get('aws_kms_ciphertext.hidden');
  expect(after?.ciphertext_blob).not.toBe(before?.ciphertext_blob);
  expect(await workspace.plan()).toMatchObject({ code: 0 });
});

test('functions answer as those of the AWS provider do', async () => {
  const { stdout } = await workspace.terraform('output', '-json');
  const values = Object.fromEntries(
    Object.entries(JSON.parse(stdout)).map(([name, output]) => [name, (output as { value: unknown }).value]),
  );
  expect(values).toEqual({
    parsed: {
      partition: 'aws',
      service: 'kms',
      region: 'eu-west-1',
      account_id: '111122223333',
      resource: 'key/a:b',
    },
    built: 'arn:aws:iam::111122223333:role/a',
    trimmed: 'arn:aws:iam::111122223333:role/name',
    product: 'module/1.0 (ours)',
  });
});

test('a function names the argument that is wrong, in the configuration', async () => {
  const console = await workspace.terraform('validate', '-json');
  expect(JSON.parse(console.stdout)).toMatchObject({ valid: true });
  const extra = 'output "wrong" { value = provider::aws::trim_iam_role_path("arn:aws:s3:::bucket") }\n';
  await writeFile(join(workspace.directory, 'wrong.tf'), extra);
  const { code, stderr } = await workspace.terraform('plan', '-no-color');
  await writeFile(join(workspace.directory, 'wrong.tf'), '');
  expect(code).toBe(1);
  expect(stderr).toMatch(/Invalid value for "arn" parameter: The service of the ARN is s3,\s+not iam\./);
});

test('destroying needs no secret', async () => {
  expect(await workspace.terraform('destroy', '-auto-approve', '-no-color')).toMatchObject({ code: 0 });
  expect((await workspace.state()).size).toBe(0);
});
