/** Quotas and AWS managed keys of a running server, through the official SDK and both doors. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyLastUsageCommand,
  KMSClient,
  type KMSServiceException,
  paginateListAliases,
} from '@aws-sdk/client-kms';
import { startServer, type TestServer } from '../support/server.ts';

let directory: string;
let server: TestServer | undefined;
const clients: KMSClient[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystead-quotas-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server?.stop();
  server = undefined;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function serving(quotas: string): Promise<TestServer> {
  server = await startServer({ args: ['--quotas', quotas] });
  return server;
}

function kms({ endpoint, credentials }: TestServer, maxAttempts: number): KMSClient {
  const client = new KMSClient({ endpoint, credentials, region: 'eu-west-1', maxAttempts });
  clients.push(client);
  return client;
}

const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

test("AWS's quotas throttle a caller in AWS's words; an SDK that retries succeeds", async () => {
  const running = await serving('aws');
  const impatient = kms(running, 1);
  const { KeyMetadata } = await impatient.send(new CreateKeyCommand({}));
  const ask = new GetKeyLastUsageCommand({ KeyId: KeyMetadata?.KeyId });
  const asked = Array.from({ length: 100 }, () => impatient.send(ask));
  const refusals = (await Promise.allSettled(asked)).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as KMSServiceException] : [],
  );
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });
    expect(refusal.message).toMatch(/^You have exceeded the rate at which you may call KMS\./);
  }
  const patient = kms(running, 10);
  for (let i = 0; i < 7; i += 1) await patient.send(ask);
});

test('a file changes some quotas, and REST answers 429', async () => {
  const quotas = await file('quotas.json', {
    requests: { CreateKey: null, DescribeKey: 1 },
    resources: { keysPerRegion: 2, aliasesPerKey: 1 },
  });
  const running = await serving(quotas);
  const client = kms(running, 1);
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  await client.send(new CreateKeyCommand({}));
  await expect(client.send(new CreateKeyCommand({}))).rejects.toMatchObject({ name: 'LimitExceededException' });
  const TargetKeyId = KeyMetadata?.KeyId;
  await client.send(new CreateAliasCommand({ AliasName: 'alias/one', TargetKeyId }));
  const second = client.send(new CreateAliasCommand({ AliasName: 'alias/two', TargetKeyId }));
  await expect(second).rejects.toMatchObject({ name: 'LimitExceededException' });
  const { signRequest } = await import('@keystead/control-plane/sigv4/verify.ts');
  const url = new URL(`/v1/keys/${TargetKeyId}`, running.endpoint);
  const statuses = [];
  for (let i = 0; i < 3; i += 1) {
    const signing = { url, body: new Uint8Array(), credentials: running.credentials, region: 'eu-west-1' };
    const headers = signRequest({ method: 'GET', headers: {}, service: 'kms', nowMs: Date.now(), ...signing });
    statuses.push((await fetch(url, { headers })).status);
  }
  expect(statuses).toContain(200);
  expect(statuses).toContain(429);
});

test.each([
  ['not JSON', '{', /--quotas: .* cannot be used/],
  ['an unknown quota', { requests: { Everything: 1 } }, /there is no quota "requests.Everything"/],
])('a file with %s stops the start', async (name, content, reason) => {
  const quotas = await file(`${name}.json`, content);
  const refused = await serving(quotas).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(refused).toMatch(reason);
});

test('the first DescribeKey creates an AWS managed key; it is listed, and cannot be used directly', async () => {
  const client = kms(await serving('off'), 1);
  const KeyId = 'alias/aws/ebs';
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
  const direct = client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
  await expect(direct).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const targets = new Map<string, string | undefined>();
  for await (const page of paginateListAliases({ client, pageSize: 10 }, {})) {
    for (const { AliasName = '', TargetKeyId } of page.Aliases ?? []) targets.set(AliasName, TargetKeyId);
  }
  expect(targets.get(KeyId)).toBe(KeyMetadata?.KeyId);
  expect(targets.has('alias/aws/s3')).toBe(true);
  expect(targets.get('alias/aws/s3')).toBeUndefined();
});
