/**
 * What it costs to know each key's last use: the job that reads it from the audit log, for each use, against the write
 * of the use's own audit record, which is needed anyway; and beside it an update that would store the use in that same
 * write. Processor time of all threads of the process, which other work on the machine does not lengthen.
 */
import { randomUUID } from 'node:crypto';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import type { JobServices } from '@keystead/control-plane/jobs/job.ts';
import { readKeyUsage } from '@keystead/control-plane/jobs/read-usage.ts';
import { insertKey } from '@keystead/control-plane/mutations/mutations.ts';
import { openStore } from '@keystead/control-plane/storage/open.ts';
import type { Mutation, Store } from '@keystead/control-plane/storage/port/store.ts';
import type { Benchmark, FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { withClosers } from '../measure/closers.ts';
import { inTurn } from '../measure/in-turn.ts';
import { microsecondsSince } from '../measure/processor-time.ts';

const USES = 20_000;
const KEYS = 100;
const AT_ONCE = 256;
const accountId = '111122223333';
const region = 'us-east-1';
const nowMs = Date.UTC(2026, 0, 1);

const shape = { unit: 'µs of processor time per use', better: 'lower', floorName: 'its audit record alone' } as const;
const figures: readonly FigureDescription[] = [
  { id: 'key-usage-job', name: 'Last use of keys, by the job', ...shape },
  { id: 'key-usage-at-once', name: 'Last use of keys, were it written with each use', ...shape },
];

export const keyUsage: Benchmark = {
  name: 'key-usage',
  summary: "knowing each key's last use: the job that reads it, and the rejected write with each use",
  rounds: 7,
  lasting: false,
  figures,
  prepare: () =>
    withClosers(async (closers) => {
      const dataDir = await closers.directory();
      const store = await openStore({ database: 'sqlite', dataDir, clock: { now: () => nowMs } });
      closers.add(() => store.close());
      const keyIds = await addKeys(store);
      return { measure: (round) => measure(round, store, keyIds), close: closers.close };
    }),
};

/**
 * The job goes first, outside the turns: it reads the uses that are there, and makes the rows that the write updates.
 */
async function measure(round: number, store: Store, keyIds: readonly string[]): Promise<RoundSamples> {
  await writeUses(store, keyIds, () => []);
  const job = await microsecondsPerUse(() => readUses(store));
  const keep = await keepAtOnce(store, keyIds);
  const { subject: atOnce, floor } = await inTurn(round, {
    subject: () => microsecondsPerUse(() => writeUses(store, keyIds, keep)),
    floor: () => microsecondsPerUse(() => writeUses(store, keyIds, () => [])),
  });
  return { 'key-usage-job': { subject: job, floor }, 'key-usage-at-once': { subject: atOnce, floor } };
}

async function microsecondsPerUse(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return microsecondsSince(before) / USES;
}

async function addKeys(store: Store): Promise<readonly string[]> {
  const keyIds = Array.from({ length: KEYS }, () => randomUUID());
  const shape = { keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT', policy: '{}', tags: '{}' } as const;
  const mutations = keyIds.flatMap(
    (keyId) => insertKey({ ...shape, accountId, region, keyId, createdAtMs: nowMs - 1000 }).mutations,
  );
  await store.write({ mutations, changes: [], audit: [] });
  return keyIds;
}

/** As requests come: many under way, each its own write. */
async function writeUses(
  store: Store,
  keyIds: readonly string[],
  mutationsOf: (keyId: string) => readonly Mutation[],
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < USES) {
      const keyId = keyIds[next++ % KEYS] ?? '';
      await store.write({ mutations: mutationsOf(keyId), changes: [], audit: [recordOf(keyId)] });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * One update more in the same commit, of the row that the job made. Revisions are counted, so that no read is measured.
 */
async function keepAtOnce(store: Store, keyIds: readonly string[]): Promise<(keyId: string) => readonly Mutation[]> {
  const rows = await Promise.all(keyIds.map((keyId) => store.findKeyUsage(accountId, region, keyId)));
  const revisions = new Map(rows.map((row, index) => [keyIds[index] ?? '', row?.revision ?? 0]));
  return (keyId) => {
    const revision = revisions.get(keyId) ?? 0;
    revisions.set(keyId, revision + 1);
    const set = { operation: 'Encrypt', used_at_ms: nowMs, event_id: randomUUID(), request_id: randomUUID() } as const;
    const key = { account_id: accountId, region, key_id: keyId };
    return [{ op: 'update', table: 'key_usage', key, revision, set }];
  };
}

async function readUses(store: Store): Promise<void> {
  const services = {} as JobServices; // the job does not call the HSM
  for (;;) {
    const [work] = await readKeyUsage.due(store, nowMs + 60_000, 1);
    if (!work) return;
    await store.write(await work.decide({ ...services, store, nowMs: nowMs + 60_000, requestId: randomUUID() }));
  }
}

function recordOf(keyId: string): AuditRecord {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEEXAMPLE000',
      arn: `arn:aws:iam::${accountId}:user/bench`,
      accountId,
      accessKeyId: 'AKIAEXAMPLEEXAMPLE00',
      userName: 'bench',
    },
    eventTime: '2026-01-01T00:00:00Z',
    eventSource: 'kms.amazonaws.com',
    eventName: 'Encrypt',
    awsRegion: region,
    sourceIPAddress: '127.0.0.1',
    userAgent: 'bench',
    requestParameters: {
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      keyId,
      encryptionContext: { Department: 'finance' },
    },
    responseElements: null,
    additionalEventData: { keyMaterialId: 'ab'.repeat(32) },
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: true,
    resources: [{ accountId, type: 'AWS::KMS::Key', ARN: `arn:aws:kms:${region}:${accountId}:key/${keyId}` }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  };
}
