/** What Keystead's provider has beyond the AWS provider's KMS resources, with the real Terraform and control plane. */
import { DecryptCommand, DescribeKeyCommand, KMSClient, ListKeyRotationsCommand } from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { needs } from '../support/needs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkspace, type Workspace } from '../support/terraform.ts';

needs('terraform');

jest.setTimeout(180_000);

let server: TestServer;
let workspace: Workspace;
let kms: KMSClient;

beforeAll(async () => {
  server = await startServer();
  workspace = await openWorkspace(server);
  kms = new KMSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
});
afterAll(async () => {
  kms?.destroy();
  await workspace?.dispose();
  await server?.stop();
});

const provider = 'provider "aws" {\n  region = "us-east-1"\n}\n';

async function attribute(address: string, name: string): Promise<string> {
  return String((await workspace.state()).get(address)?.[name]);
}

test('a changed rotation trigger rotates the key once', async () => {
  const key = (triggers: string) => `resource "aws_kms_key" "k" {\n  rotation_triggers = ${triggers}\n}\n`;
  const rotations = async () => {
    const KeyId = await attribute('aws_kms_key.k', 'id');
    const { Rotations = [] } = await kms.send(new ListKeyRotationsCommand({ KeyId }));
    return Rotations.filter(({ RotationType }) => RotationType === 'ON_DEMAND').length;
  };
  await workspace.write(provider + key('{ incident = "1" }'));
  await workspace.apply();
  expect(await rotations()).toBe(0);
  await workspace.write(provider + key('{ incident = "2" }'));
  expect((await workspace.plan()).text).toMatch(/0 to add, 1 to change, 0 to destroy/);
  await workspace.apply();
  expect(await rotations()).toBe(1);
  expect((await workspace.plan()).code).toBe(0);
});

test('a destroyed key is adopted, and only while it waits for its deletion', async () => {
  const id = await attribute('aws_kms_key.k', 'id');
  const adopting = `resource "aws_kms_key" "k" {\n  adopt_pending_deletion = "${id}"\n  description = "back"\n}\n`;
  await workspace.apply('-destroy');
  await workspace.write(provider + adopting);
  await workspace.apply();
  expect(await attribute('aws_kms_key.k', 'id')).toBe(id);
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
  expect(KeyMetadata).toMatchObject({ KeyState: 'Enabled', Description: 'back' });
  expect((await workspace.plan()).code).toBe(0);

  await workspace.write(provider + adopting + adopting.replace('"k"', '"twice"'));
  const refused = await workspace.terraform('apply', '-auto-approve', '-no-color');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('does not wait for its')]);
});

test('a data key without plaintext is decrypted elsewhere, kept, and made anew by its keepers', async () => {
  const stack = (round: string) => `
resource "aws_kms_key" "k" {
  description = "back"
}
resource "kms_data_key_without_plaintext" "d" {
  provider        = aws
  key_id          = aws_kms_key.k.id
  number_of_bytes = 48
  keepers         = { round = "${round}" }
}
`;
  const blob = () => attribute('kms_data_key_without_plaintext.d', 'ciphertext_blob');
  await workspace.write(provider + stack('1'));
  await workspace.apply();
  expect((await workspace.plan()).code).toBe(0);
  const first = await blob();
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob: Buffer.from(first, 'base64') }));
  expect(Plaintext).toHaveLength(48);

  const keyId = await attribute('aws_kms_key.k', 'id');
  await workspace.terraform('state', 'rm', 'kms_data_key_without_plaintext.d');
  const imported = await workspace.terraform(
    'import',
    '-no-color',
    'kms_data_key_without_plaintext.d',
    `${keyId},48,${first}`,
  );
  expect([imported.code, imported.stderr]).toEqual([0, '']);
  expect(await blob()).toBe(first);

  await workspace.write(provider + stack('2'));
  await workspace.apply();
  expect(await blob()).not.toBe(first);
  expect((await workspace.plan()).code).toBe(0);
});
