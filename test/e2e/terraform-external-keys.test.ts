/** Keys with imported material, with Terraform, our provider and a running control plane. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
  SignCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(120_000);

const material = createHash('sha256').update('a secret of 32 bytes').digest('base64');
const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
}).privateKey;
const day = 86_400_000;
/** Written with an offset, with which the AWS provider plans a change every time. */
const validTo = new Date(Date.now() + 100 * day + 7_200_000).toISOString().replace(/\.\d{3}Z$/, '+02:00');

const stack = (expiry: string) => `
provider "aws" { region = "us-east-1" }
resource "aws_kms_external_key" "orders" {
  description         = "orders"
  enabled             = true
  multi_region        = true
  key_material_base64 = "${material}"
  valid_to            = ${expiry}
}
resource "aws_kms_replica_external_key" "west" {
  region              = "us-west-2"
  enabled             = true
  primary_key_arn     = aws_kms_external_key.orders.arn
  key_material_base64 = "${material}"
}
resource "aws_kms_external_key" "signing" {
  enabled             = true
  key_spec            = "RSA_2048"
  key_usage           = "SIGN_VERIFY"
  key_material_base64 = "${privateKey.toString('base64')}"
}
resource "aws_kms_external_key" "later" {}
resource "aws_kms_alias" "orders" {
  name          = "alias/imported"
  target_key_id = aws_kms_external_key.orders.id
}
`;

let server: TestServer;
let workspace: Workspace;
const clients = new Map<string, KMSClient>();

function kms(region = 'us-east-1'): KMSClient {
  const client =
    clients.get(region) ?? new KMSClient({ endpoint: server.endpoint, region, credentials: server.credentials });
  clients.set(region, client);
  return client;
}

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  await workspace.write(stack(`"${validTo}"`));
});

afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await workspace?.dispose();
  await server?.stop();
});

const idOf = async (address: string) => String((await workspace.state()).get(address)?.id);

test('applying makes the keys and imports their material in each Region, and the next plan is empty', async () => {
  expect(await workspace.apply()).toContain('Resources: 5 added, 0 changed, 0 destroyed');
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  const state = await workspace.state();
  expect(state.get('aws_kms_external_key.orders')).toMatchObject({
    enabled: true,
    expiration_model: 'KEY_MATERIAL_EXPIRES',
    key_spec: 'SYMMETRIC_DEFAULT',
    key_state: 'Enabled',
    valid_to: validTo,
  });
  expect(state.get('aws_kms_replica_external_key.west')).toMatchObject({
    expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    key_state: 'Enabled',
  });
  expect(state.get('aws_kms_external_key.later')).toMatchObject({ enabled: false, key_state: 'PendingImport' });
});

test('the keys have the declared material: a replica decrypts, and the public key verifies a signature', async () => {
  const KeyId = 'alias/imported';
  const { CiphertextBlob } = await kms().send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
  const opened = await kms('us-west-2').send(new DecryptCommand({ CiphertextBlob }));
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('x');
  const signing = {
    KeyId: await idOf('aws_kms_external_key.signing'),
    SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
  } as const;
  const { Signature } = await kms().send(new SignCommand({ ...signing, Message: Buffer.from('x') }));
  const own = createPublicKey(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }));
  expect(verify('sha256', Buffer.from('x'), own, Signature ?? Buffer.of())).toBe(true);
});

test('the material is not in any plan, log or drift report', async () => {
  await workspace.write(stack('null'));
  const { text: plan } = await workspace.plan();
  const drift = await server.keystead('drift', '--dir', workspace.directory);
  for (const text of [plan, drift.stdout, drift.stderr, server.log()]) {
    expect(text).not.toContain(material);
    expect(text).not.toContain(privateKey.toString('base64').slice(40, 80));
  }
});

test('another expiry imports the material again, in place', async () => {
  const before = await idOf('aws_kms_external_key.orders');
  expect(await workspace.apply()).toContain('Resources: 0 added, 1 changed, 0 destroyed');
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  expect(await idOf('aws_kms_external_key.orders')).toBe(before);
  const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: before }));
  expect(KeyMetadata?.ExpirationModel).toBe('KEY_MATERIAL_DOES_NOT_EXPIRE');
});

test('deleted material is drift, and the next apply imports it again', async () => {
  const KeyId = await idOf('aws_kms_external_key.orders');
  const { CiphertextBlob } = await kms().send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('kept') }));
  await kms().send(new DeleteImportedKeyMaterialCommand({ KeyId }));
  const drift = await server.keystead('drift', '--dir', workspace.directory);
  expect(drift.stdout).toContain('aws_kms_external_key.orders');
  expect(drift.stdout).toContain('DeleteImportedKeyMaterial');
  expect(await workspace.plan()).toMatchObject({ code: 2 });
  await workspace.apply();
  expect(await workspace.plan()).toMatchObject({ code: 0 });
  const opened = await kms().send(new DecryptCommand({ CiphertextBlob }));
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('kept');
});

test('destroying schedules the deletion of every key', async () => {
  expect(await workspace.terraform('destroy', '-auto-approve', '-no-color')).toMatchObject({ code: 0 });
  expect((await workspace.state()).size).toBe(0);
});
