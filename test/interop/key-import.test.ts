/**
 * Imports as users make them, against a running server: the commands of the guide, unchanged, the AWS SDK with every
 * algorithm, and the REST door. The `openssl` command wraps the material each time.
 */
import { createPrivateKey, createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AlgorithmSpec,
  CreateKeyCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  IncorrectKeyMaterialException,
  InvalidCiphertextException,
  InvalidImportTokenException,
  KMSClient,
  KMSInvalidStateException,
  ReplicateKeyCommand,
  SignCommand,
  UnsupportedOperationException,
  type WrappingKeySpec,
} from '@aws-sdk/client-kms';
import { jest } from '@jest/globals';
import { caller } from '../support/calls.ts';
import { someKeyMaterial, wrapKeyMaterial } from '../support/key-import.ts';
import { needs } from '../support/needs.ts';
import { root, run, startServer, type TestServer } from '../support/server.ts';

needs('openssl', 'aws');

/** The guide starts the command line ten times, which is slow on a slow machine. */
jest.setTimeout(300_000);

let server: TestServer;
let directory: string;
const clients: KMSClient[] = [];
const clientIn = (region: string) => {
  const client = new KMSClient({ region, endpoint: server.endpoint, credentials: server.credentials });
  clients.push(client);
  return client;
};
let kms: KMSClient;

beforeAll(async () => {
  server = await startServer();
  directory = await mkdtemp(join(tmpdir(), 'keystead-guide-'));
  kms = clientIn('us-east-1');
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

test('the commands of the guide do what it says', async () => {
  const guide = await readFile(join(root, 'docs/guide/importing-key-material.md'), 'utf8');
  const commands = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]).join('\n');
  expect(commands).toContain('import-key-material');
  await writeFile(join(directory, 'guide.sh'), `set -euo pipefail\n${commands}`);
  const env = { ...server.env, AWS_ENDPOINT_URL: server.endpoint };
  const done = await run('bash', ['guide.sh'], { cwd: directory, env });
  expect(done).toMatchObject({ code: 0 });
  expect(done.stdout).toContain('Enabled\n');
  expect(done.stdout).toContain('Verified OK');
  expect(done.stdout).toContain('"KeyMaterialState": "CURRENT"');
});

async function parameters(
  KeyId: string | undefined,
  WrappingAlgorithm: AlgorithmSpec,
  WrappingKeySpec: WrappingKeySpec,
  by = kms,
) {
  const answer = await by.send(new GetParametersForImportCommand({ KeyId, WrappingAlgorithm, WrappingKeySpec }));
  const { ImportToken, PublicKey } = answer;
  if (!ImportToken || !PublicKey) throw new Error('no parameters');
  return { ImportToken, PublicKey };
}

const forEver = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;

describe('through the AWS SDK', () => {
  const material = someKeyMaterial('ECC_NIST_P256');

  // Each algorithm and each wrapping key once; test/hsm/crypto/key-import.test.ts has all pairs for every kind of key.
  test.each([
    ['RSAES_OAEP_SHA_1', 'RSA_2048'],
    ['RSAES_OAEP_SHA_256', 'RSA_3072'],
    ['RSA_AES_KEY_WRAP_SHA_1', 'RSA_2048'],
    ['RSA_AES_KEY_WRAP_SHA_256', 'RSA_4096'],
  ] as const)(
    'a P-256 key wrapped by %s under %s makes signatures that its owner verifies',
    async (algorithm, wrappingKeySpec) => {
      const input = { Origin: 'EXTERNAL', KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' } as const;
      const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
      const KeyId = KeyMetadata?.KeyId;
      expect(KeyMetadata).toMatchObject({ KeyState: 'PendingImport', Origin: 'EXTERNAL' });
      const { ImportToken, PublicKey } = await parameters(KeyId, algorithm, wrappingKeySpec);
      const EncryptedKeyMaterial = wrapKeyMaterial(material, PublicKey, algorithm);
      await kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...forEver }));
      const Message = Buffer.from('hello');
      const { Signature } = await kms.send(new SignCommand({ KeyId, Message, SigningAlgorithm: 'ECDSA_SHA_256' }));
      const own = createPublicKey(createPrivateKey({ key: material, format: 'der', type: 'pkcs8' }));
      expect(verify('sha256', Message, own, Signature ?? Buffer.of())).toBe(true);
    },
  );

  test('refusals arrive as the classes that programs catch', async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Origin: 'EXTERNAL', MultiRegion: true }));
    const KeyId = KeyMetadata?.KeyId;
    const secret = randomBytes(32);
    const { ImportToken, PublicKey } = await parameters(KeyId, 'RSAES_OAEP_SHA_256', 'RSA_2048');
    const wrapped = (bytes: Uint8Array) => wrapKeyMaterial(bytes, PublicKey, 'RSAES_OAEP_SHA_256');
    const importing = (input: object, by = kms) =>
      by.send(
        new ImportKeyMaterialCommand({
          KeyId,
          ImportToken,
          EncryptedKeyMaterial: wrapped(secret),
          ...forEver,
          ...input,
        }),
      );
    await expect(importing({ ImportToken: randomBytes(2000) })).rejects.toThrow(InvalidImportTokenException);
    await expect(importing({ EncryptedKeyMaterial: randomBytes(256) })).rejects.toThrow(InvalidCiphertextException);
    await expect(importing({ EncryptedKeyMaterial: wrapped(randomBytes(31)) })).rejects.toThrow(
      IncorrectKeyMaterialException,
    );
    await expect(kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-central-1' }))).rejects.toThrow(
      KMSInvalidStateException,
    );
    const { KeyMaterialId } = await importing({});
    expect(KeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
    await expect(importing({ EncryptedKeyMaterial: wrapped(randomBytes(32)) })).rejects.toThrow(
      IncorrectKeyMaterialException,
    );
    await expect(parameters(KeyId, 'RSAES_PKCS1_V1_5', 'RSA_2048')).rejects.toThrow(UnsupportedOperationException);
    await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-central-1' }));
    const there = clientIn('eu-central-1');
    await expect(importing({}, there)).rejects.toThrow(InvalidImportTokenException);
    const own = await parameters(KeyId, 'RSAES_OAEP_SHA_1', 'RSA_2048', there);
    const EncryptedKeyMaterial = wrapKeyMaterial(secret, own.PublicKey, 'RSAES_OAEP_SHA_1');
    const replica = await importing({ ImportToken: own.ImportToken, EncryptedKeyMaterial }, there);
    expect(replica.KeyMaterialId).toBe(KeyMaterialId);
    await kms.send(new DeleteImportedKeyMaterialCommand({ KeyId }));
    const gone = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(gone.KeyMetadata).toMatchObject({ KeyState: 'PendingImport' });
    const kept = await there.send(new DescribeKeyCommand({ KeyId }));
    expect(kept.KeyMetadata).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
  });
});

test('the REST door imports, shows and deletes', async () => {
  const { rest } = caller(server.endpoint, server.credentials);
  const made = await rest('POST', '/v1/keys', { Origin: 'EXTERNAL' });
  const { KeyId } = made.json.KeyMetadata as { readonly KeyId: string };
  const wanted = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
  const { json } = await rest('POST', `/v1/keys/${KeyId}/import-parameters`, wanted);
  const wrapped = wrapKeyMaterial(randomBytes(32), Buffer.from(String(json.PublicKey), 'base64'), 'RSAES_OAEP_SHA_256');
  const ValidTo = Math.floor(Date.now() / 1000) + 3600;
  const imported = await rest('POST', `/v1/keys/${KeyId}/key-material`, {
    ImportToken: json.ImportToken,
    EncryptedKeyMaterial: wrapped.toString('base64'),
    ValidTo,
  });
  expect(imported).toMatchObject({ status: 200, json: { KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  const shown = await rest('GET', `/v1/keys/${KeyId}/configuration`);
  expect(shown.json.KeyMetadata).toMatchObject({
    KeyState: 'Enabled',
    ExpirationModel: 'KEY_MATERIAL_EXPIRES',
    ValidTo,
  });
  const { KeyMaterialId } = imported.json as { readonly KeyMaterialId: string };
  const deleted = await rest('DELETE', `/v1/keys/${KeyId}/key-material?KeyMaterialId=${KeyMaterialId}`);
  expect(deleted).toMatchObject({ status: 200, json: { KeyMaterialId } });
  const refused = await rest('POST', `/v1/keys/${KeyId}/key-material`, {
    ImportToken: 'AAAA',
    EncryptedKeyMaterial: wrapped.toString('base64'),
    ValidTo,
  });
  expect(refused).toMatchObject({ status: 422, code: 'InvalidImportTokenException' });
});
