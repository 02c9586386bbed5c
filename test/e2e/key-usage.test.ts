/** The last use of a key through the official SDK, across kill -9. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateKeyCommand,
  EncryptCommand,
  GetKeyLastUsageCommand,
  KMSClient,
  type KMSClientConfig,
} from '@aws-sdk/client-kms';
import { startServer, type TestServer } from '../support/server.ts';

let dataDir: string;
let server: TestServer;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-usage-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A server whose jobs read the audit log every `jobInterval` seconds. */
async function started(jobInterval: string): Promise<KMSClient> {
  server = await startServer({ dataDir, args: ['--job-interval', jobInterval] });
  const { endpoint, credentials } = server;
  return new KMSClient({ endpoint, credentials, region: 'us-east-1', maxAttempts: 1 } satisfies KMSClientConfig);
}

test.each(['3600', '1'])('survives kill -9, jobs every %s seconds', async (jobInterval) => {
  const before = await started(jobInterval);
  const { KeyMetadata } = await before.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.KeyId;
  await before.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('something') }));
  const { KeyLastUsage: lastUsage } = await before.send(new GetKeyLastUsageCommand({ KeyId }));
  expect(lastUsage).toMatchObject({ Operation: 'Encrypt', Timestamp: expect.any(Date) });
  before.destroy();
  await server.kill();

  const after = await started(jobInterval);
  const answer = await after.send(new GetKeyLastUsageCommand({ KeyId }));
  expect(answer).toMatchObject({ KeyId, TrackingStartDate: answer.KeyCreationDate, KeyLastUsage: lastUsage });
  after.destroy();
  await server.stop();
});
