/** Encrypt through the whole pipeline (signature, policy, HSM process, durable audit) against a bare JSON echo. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type LoadResult, load, type PreparedRequest } from './load.ts';
import { prepare } from './prepare.ts';
import { type Figure, ratio } from './report.ts';
import { credentialsOf, startFloor, startKeystead } from './servers.ts';

/** A single caller waits for each sync to disk, so fewer requests take as long. */
const LOADS = [
  { connections: 1, requests: 1_000 },
  { connections: 32, requests: 10_000 },
] as const;
const ROUNDS = 3;

export async function benchEncrypt(): Promise<readonly Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keystead-bench-'));
  const floor = await startFloor();
  const server = await startKeystead(dataDir);
  try {
    const encrypt = await prepareEncrypt(server.endpoint, dataDir);
    const echo: PreparedRequest = { ...encrypt, url: new URL(floor.endpoint) };
    const figures: Figure[] = [];
    for (const { connections, requests } of LOADS) {
      const [floors, ours] = await alternate(echo, encrypt, requests, connections);
      figures.push(
        ratio(
          `Encrypt, ${connections} connection(s): requests/s`,
          'JSON echo',
          ours.requestsPerSecond,
          floors.requestsPerSecond,
        ),
        ratio(`Encrypt, ${connections} connection(s): median ms`, 'JSON echo', ours.medianMs, floors.medianMs),
        ratio(`Encrypt, ${connections} connection(s): p99 ms`, 'JSON echo', ours.p99Ms, floors.p99Ms),
      );
    }
    return figures;
  } finally {
    await Promise.all([server.stop(), floor.stop()]);
    await rm(dataDir, { recursive: true });
  }
}

/** Floor and subject in turn, so that a drift of the machine's speed hits both; the median round counts. */
async function alternate(echo: PreparedRequest, encrypt: PreparedRequest, requests: number, connections: number) {
  await load(echo, requests / 4, connections);
  await load(encrypt, requests / 4, connections);
  const rounds: (readonly [LoadResult, LoadResult])[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push([await load(echo, requests, connections), await load(encrypt, requests, connections)]);
  }
  rounds.sort(
    ([floorA, oursA], [floorB, oursB]) =>
      oursA.requestsPerSecond / floorA.requestsPerSecond - oursB.requestsPerSecond / floorB.requestsPerSecond,
  );
  return rounds[Math.floor(ROUNDS / 2)] as readonly [LoadResult, LoadResult];
}

export async function prepareEncrypt(endpoint: string, dataDir: string): Promise<PreparedRequest> {
  const credentials = await credentialsOf(dataDir);
  const region = 'us-east-1';
  const client = new KMSClient({ endpoint, region, credentials });
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  client.destroy();
  return prepare({ endpoint, credentials, region }, 'Encrypt', {
    KeyId: KeyMetadata?.KeyId,
    Plaintext: Buffer.alloc(256, 7).toString('base64'),
    EncryptionContext: { Department: 'finance' },
  });
}
