/** `keystead serve --seed`: the guide's example through the official SDK, started twice, and files that contradict it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListGrantsCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { defined } from '@keystead/provider-schema/defined.ts';
import { root, type ServerOptions, startServer, type TestServer } from '../support/server.ts';

const example = join(root, 'docs/guide/examples/seed.yaml');
const orders = '11111111-2222-3333-4444-555555555555';
const alice = { accessKeyId: 'AKIASEEDALICE0000001', secretAccessKey: 'seed-secret-of-alice-not-for-production' };
const otherRoot = { accessKeyId: 'AKIASEEDROOT00000002', secretAccessKey: 'seed-secret-of-another-root-user' };
const Plaintext = Buffer.from('order 7');

let directory: string;
const servers: TestServer[] = [];
const clients: KMSClient[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-seed-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function seeded(file: string, dataDir?: string, options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const server = await startServer({ args: ['--seed', file], ...defined({ dataDir }), ...options });
  servers.push(server);
  return server;
}

function kms(
  { endpoint, credentials: rootUser }: TestServer,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } = rootUser,
  region = 'eu-central-1',
): KMSClient {
  const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

async function variant(name: string, change: (text: string) => string): Promise<string> {
  const file = join(directory, name);
  const text = await readFile(example, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
  return file;
}

test("the guide's example is complete: keys, material, aliases, grants, tags, policies, users, accounts", async () => {
  const server = await seeded(example);
  const client = kms(server);
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: 'alias/orders' }));
  expect(KeyMetadata).toMatchObject({
    KeyId: orders,
    Description: 'orders',
    Origin: 'AWS_KMS',
    KeyState: 'Enabled',
    KeyManager: 'CUSTOMER',
  });
  const { Tags } = await client.send(new ListResourceTagsCommand({ KeyId: orders }));
  expect(Tags).toEqual([{ TagKey: 'Team', TagValue: 'payments' }]);
  const { Grants } = await client.send(new ListGrantsCommand({ KeyId: orders }));
  expect(Grants).toMatchObject([{ Name: 'alice-decrypts', Operations: ['Decrypt', 'DescribeKey'] }]);

  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: orders, Plaintext }));
  const asAlice = kms(server, alice);
  const opened = await asAlice.send(new DecryptCommand({ CiphertextBlob }));
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  await expect(asAlice.send(new EncryptCommand({ KeyId: orders, Plaintext }))).rejects.toThrow('not authorized');
  await asAlice.send(new EncryptCommand({ KeyId: 'mrk-0123456789abcdef0123456789abcdef', Plaintext }));

  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: 'alias/tokens' }));
  const { createPrivateKey, createPublicKey } = await import('node:crypto');
  const pem = /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(await readFile(example, 'utf8'));
  const expected = createPublicKey(createPrivateKey((pem?.[0] ?? '').replace(/\n +/g, '\n')));
  expect(Buffer.from(PublicKey ?? [])).toEqual(expected.export({ type: 'spki', format: 'der' }));

  const there = await kms(server, otherRoot, 'us-east-1').send(
    new DescribeKeyCommand({ KeyId: '33333333-4444-5555-6666-777777777777' }),
  );
  expect(there.KeyMetadata).toMatchObject({ AWSAccountId: '444455556666', KeySpec: 'HMAC_256', KeyState: 'Disabled' });
});

test('an installation can decrypt ciphertexts of another one with the same seed', async () => {
  const [one, other] = [await seeded(example), await seeded(example)];
  const { CiphertextBlob } = await kms(one).send(new EncryptCommand({ KeyId: 'alias/orders', Plaintext }));
  const opened = await kms(other).send(new DecryptCommand({ CiphertextBlob }));
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
});

test('a second start changes nothing; a file that contradicts the first is refused with the differences', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'keystead-seed-data-'));
  try {
    const first = await seeded(example, dataDir);
    expect(first.log()).toMatch(/"seeded":7,"unchanged":0/);
    await kms(first).send(new ScheduleKeyDeletionCommand({ KeyId: orders, PendingWindowInDays: 7 }));
    await first.stop();
    const second = await seeded(example, dataDir);
    expect(second.log()).toMatch(/"seeded":0,"unchanged":7/);
    const { KeyMetadata } = await kms(second).send(new DescribeKeyCommand({ KeyId: orders }));
    expect(KeyMetadata?.KeyState).toBe('PendingDeletion');
    await second.stop();
    servers.length = 0;

    const contradicting = await variant('contradicting.yaml', (text) =>
      text
        .replace('Description: orders', 'Description: other orders')
        .replace('KeyMaterial: AAECAwQ', 'KeyMaterial: BBECAwQ')
        .replace('seed-secret-of-alice-not', 'another-secret-of-alice-not'),
    );
    const refused = await seeded(contradicting, dataDir).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(refused).toContain(
      'Accounts[0].Keys[0].Description: it was "orders" when it was seeded, and is "other orders"',
    );
    expect(refused).toContain('Accounts[0].Keys[0].KeyMaterialId: it was');
    expect(refused).toContain('Accounts[0].Users[0].AccessKeys[0].SecretAccessKey: it is not the one that was seeded');
    expect(refused).not.toContain('another-secret-of-alice');

    const more = await variant('more.yaml', (text) => text.replace('Users:\n', 'Users:\n      - UserName: bob\n'));
    const third = await seeded(more, dataDir);
    expect(third.log()).toMatch(/"seeded":1,"unchanged":7/);
  } finally {
    for (const server of servers.splice(0)) await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
