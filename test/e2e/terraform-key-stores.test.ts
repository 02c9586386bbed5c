/** A key store and a key in it, declared in Terraform; the operator connects it. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConnectCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  EncryptCommand,
  KMSClient,
  UpdateCustomKeyStoreCommand,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { examplesDirectory } from '../support/document-examples.ts';
import { needs } from '../support/needs.ts';
import { type CertificateAuthority, makeCertificateAuthority } from '../support/proxy-certificates.ts';
import { runKeystead, startServer, type TestServer } from '../support/server.ts';
import { makePkcs11Tokens, PIN, type Pkcs11TestTokens } from '../support/softhsm.ts';
import { openWorkspace, requirement, type Workspace } from '../support/terraform.ts';

needs('terraform', 'softhsm', 'binding', 'openssl');

jest.setTimeout(120_000);

const CLUSTER = 'cluster-2a23b4cdefg';

let pkcs11Tokens: Pkcs11TestTokens;
let authority: CertificateAuthority;
let directory: string;
let server: TestServer;
let kms: KMSClient;
let workspace: Workspace;

beforeAll(async () => {
  [pkcs11Tokens, authority] = await Promise.all([makePkcs11Tokens(), makeCertificateAuthority()]);
  await pkcs11Tokens.addPkcs11Token('keystead');
  directory = await mkdtemp(join(tmpdir(), 'keystead-terraform-key-stores-'));
  const pkcs11TokensFile = join(directory, 'tokens.json');
  const clusters = { [CLUSTER]: { module: pkcs11Tokens.modulePath, label: 'keystead' } };
  await writeFile(pkcs11TokensFile, JSON.stringify({ environment: pkcs11Tokens.environment, clusters }));
  server = await startServer({ args: ['--pkcs11-tokens', pkcs11TokensFile] });
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
  workspace = await openWorkspace(server);
});
afterAll(async () => {
  kms.destroy();
  await workspace.dispose();
  await server.stop();
  await Promise.all([pkcs11Tokens.remove(), authority.remove()]);
  await rm(directory, { recursive: true, force: true });
});

const store = (name: string) => `
provider "aws" {
  region = "us-east-1"
}
resource "aws_kms_custom_key_store" "hsm" {
  custom_key_store_name    = "${name}"
  cloud_hsm_cluster_id     = "${CLUSTER}"
  key_store_password       = "${PIN}"
  trust_anchor_certificate = <<-PEM
${authority.certificate.replace(/^/gm, '    ').trimEnd()}
  PEM
}
`;
const key = `
resource "aws_kms_key" "kept" {
  description             = "kept in the token"
  custom_key_store_id     = aws_kms_custom_key_store.hsm.id
  deletion_window_in_days = 7
}
`;

test('the example of the documents is applied, planned again without changes, and destroyed', async () => {
  const module = join(workspace.directory, 'documented');
  await mkdir(module);
  await cp(join(examplesDirectory, 'resources/aws_kms_custom_key_store/token.tf'), join(module, 'token.tf'));
  await writeFile(join(module, 'ca.pem'), authority.certificate);
  await writeFile(join(module, 'versions.tf'), requirement);
  const call = `module "documented" {\n  source               = "./documented"\n  crypto_user_password = "${PIN}"\n}\n`;
  await workspace.write(`provider "aws" {\n  region = "us-east-1"\n}\n${call}`);
  await workspace.apply();
  expect((await workspace.plan()).code).toBe(0);
  expect(await workspace.terraform('destroy', '-auto-approve', '-no-color')).toMatchObject({ code: 0 });
});

test('a declared key store is connected by hand, and then declared keys are created in it', async () => {
  await workspace.write(store('hsm'));
  const printed = await workspace.apply();
  expect(printed).not.toContain(PIN);
  expect((await workspace.plan()).code).toBe(0);
  const { id } = (await workspace.state()).get('aws_kms_custom_key_store.hsm') as { id: string };

  await workspace.write(store('hsm') + key);
  const early = await workspace.terraform('apply', '-auto-approve', '-no-color');
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('Connect or disconnect the key store first')]);

  await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId: id }));
  for (let attempts = 0; attempts < 600; attempts++) {
    const { CustomKeyStores } = await kms.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId: id }));
    if (CustomKeyStores?.[0]?.ConnectionState === 'CONNECTED') break;
    await sleep(50);
  }
  await workspace.apply();
  expect((await workspace.plan()).code).toBe(0);
  const kept = (await workspace.state()).get('aws_kms_key.kept');
  expect(kept).toMatchObject({ custom_key_store_id: id });
  const encrypted = await kms.send(new EncryptCommand({ KeyId: String(kept?.id), Plaintext: Buffer.of(1) }));
  expect(encrypted.CiphertextBlob?.[0]).toBe(2);
});

test('drift finds a store that was renamed by hand, and one that no state has', async () => {
  const id = String((await workspace.state()).get('aws_kms_custom_key_store.hsm')?.id);
  const drift = async (...args: string[]) => {
    const { stdout } = await runKeystead(['drift', '--dir', workspace.directory, '--json', ...args], server.env);
    const { findings } = JSON.parse(stdout) as { findings: readonly Record<string, unknown>[] };
    return findings;
  };
  expect(await drift()).toEqual([]);
  await kms.send(new UpdateCustomKeyStoreCommand({ CustomKeyStoreId: id, NewCustomKeyStoreName: 'by-hand' }));
  expect(await drift()).toEqual([
    expect.objectContaining({
      address: 'aws_kms_custom_key_store.hsm',
      ...{ attribute: 'custom_key_store_name', declared: 'hsm', actual: 'by-hand', severity: 'cosmetic' },
      cause: expect.objectContaining({ eventName: 'UpdateCustomKeyStore' }),
    }),
  ]);
  const [file, kept] = ['terraform.tfstate', 'kept.tfstate'].map((name) => join(workspace.directory, name));
  await cp(String(file), String(kept));
  await workspace.terraform('state', 'rm', 'aws_kms_custom_key_store.hsm');
  expect(await drift('--unmanaged')).toEqual([
    expect.objectContaining({
      ...{ resourceArn: id, attribute: 'custom_key_store', severity: 'data at risk' },
      cause: expect.objectContaining({ eventName: 'CreateCustomKeyStore' }),
    }),
  ]);
  await cp(String(kept), String(file));
  await workspace.apply();
  expect(await drift('--unmanaged')).toEqual([]);
});

test('it can be renamed in place while connected, and cannot be destroyed while it has keys', async () => {
  await workspace.write(store('renamed') + key);
  const { text } = await workspace.plan();
  expect(text).toMatch(/0 to add, 1 to change, 0 to destroy/);
  await workspace.apply();
  expect((await workspace.plan()).code).toBe(0);
  const destroyed = await workspace.terraform('destroy', '-auto-approve', '-no-color');
  expect(destroyed.code).toBe(1);
  expect(destroyed.stderr).toContain('CustomKeyStoreInvalidStateException');
  expect((await workspace.state()).has('aws_kms_custom_key_store.hsm')).toBe(true);
});
