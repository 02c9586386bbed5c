/** Checkpoints, delivery and retention of the audit log, with a clock that the test sets. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ChainHead, verifyChain } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import { type Checkpoint, parseCheckpoint } from '@keystead/control-plane/domain/audit/audit-checkpoint.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { CheckpointHistory } from '@keystead/control-plane/domain/audit/checkpoint-history.ts';
import type { PublishedCheckpoint } from '@keystead/control-plane/domain/audit/trail-files.ts';
import { TrailVerifier } from '@keystead/control-plane/domain/audit/trail-verify.ts';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { publicKeyPem, readPublicKey, verifiesStatement } from '@keystead/control-plane/hsm/crypto/checkpoint-key.ts';
import type { AuditSettings } from '@keystead/control-plane/jobs/audit-settings.ts';
import { type Jobs, startJobs } from '@keystead/control-plane/jobs/runner.ts';
import type { RecordedAudit } from '@keystead/control-plane/storage/port/audit.ts';
import { aKey } from '../support/a-key.ts';
import { accountId, DAY_MS, openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

const INTERVAL_MS = 300_000;

let controlPlane: TestControlPlane;
let directory: string;
const running: Jobs[] = [];
beforeEach(async () => {
  controlPlane = await openTestControlPlane();
  directory = await mkdtemp(join(tmpdir(), 'keystead-trail-'));
});
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop();
  await controlPlane?.close();
  await rm(directory, { recursive: true, force: true });
});

async function auditJobs(settings: Partial<AuditSettings> = {}): Promise<Jobs> {
  const audit = { checkpointIntervalMs: INTERVAL_MS, ...settings };
  const jobs = startJobs({ ...controlPlane.engines, nodeId: 'node-1', intervalMs: 3_600_000, audit });
  running.push(jobs);
  await jobs.runOnce();
  return jobs;
}

async function checkpoints(): Promise<readonly Checkpoint[]> {
  const { rows } = await controlPlane.store.listCheckpoints({ after: 0, limit: 1000 });
  return rows.map(({ body }) => parseCheckpoint(body) as Checkpoint);
}

async function verifier(): Promise<(body: string, signature: string) => boolean> {
  const key = readPublicKey(publicKeyPem(await controlPlane.engines.installation.checkpointPublicKey()));
  return (body, signature) => verifiesStatement(key, body, signature);
}

async function recordsOf(head: ChainHead): Promise<readonly RecordedAudit[]> {
  return (await controlPlane.store.listAudit(head.chainId, { after: head.anchor?.sequence ?? 0, limit: 100_000 })).rows;
}

/** Verifies every chain against every checkpoint. */
async function verified(): Promise<number> {
  const history = new CheckpointHistory(await verifier());
  const { rows } = await controlPlane.store.listCheckpoints({ after: 0, limit: 1000 });
  expect(rows.map((row) => history.add(row)).filter((fault) => fault !== undefined)).toEqual([]);
  let records = 0;
  for (const head of await controlPlane.store.listAuditChains()) {
    const report = await verifyChain(head, await recordsOf(head), history.expectationOf(head.chainId));
    expect(report.fault).toBeUndefined();
    records += report.verified;
  }
  return records;
}

const describe100 = async (KeyId: string) => {
  for (let i = 0; i < 100; i++) await controlPlane.perform('DescribeKey', { KeyId });
};

describe('checkpoints', () => {
  test('cover every chain, are signed, and are not closer together than configured', async () => {
    const { KeyId } = await aKey(controlPlane);
    const jobs = await auditJobs();
    expect(await checkpoints()).toMatchObject([{ number: 1, complete: true, records: 1, covered: [{ first: 1 }] }]);
    await controlPlane.perform('DescribeKey', { KeyId });
    controlPlane.clock.advance(INTERVAL_MS - 1);
    await jobs.runOnce();
    expect(await checkpoints()).toHaveLength(1);
    controlPlane.clock.advance(1);
    await jobs.runOnce();
    expect(await checkpoints()).toMatchObject([{}, { number: 2, records: 2, covered: [{ first: 2, last: 2 }] }]);
    controlPlane.clock.advance(INTERVAL_MS);
    await jobs.runOnce();
    expect(await checkpoints()).toHaveLength(2);
    expect(await verified()).toBe(2);
  });

  test('are taken as often as configured, also where the other jobs look for work less often', async () => {
    const { KeyId } = await aKey(controlPlane);
    const audit = { checkpointIntervalMs: 50 };
    const engines = { ...controlPlane.engines, clock: systemClock };
    running.push(startJobs({ ...engines, nodeId: 'node-1', intervalMs: 3_600_000, audit }));
    for (const count of [1, 2, 3]) {
      while ((await checkpoints()).length < count) await sleep(5);
      await controlPlane.perform('DescribeKey', { KeyId });
    }
    expect(await verified()).toBe(4);
  });

  test('are taken sooner when many records wait, and each covers a limited number', async () => {
    const { KeyId } = await aKey(controlPlane);
    const jobs = await auditJobs();
    const [record] = await controlPlane.events('CreateKey');
    const audit = Array.from({ length: 500 }, (_, index) => ({ ...(record as AuditRecord), eventID: `${index}` }));
    for (let i = 0; i < 24; i++) await controlPlane.store.write({ mutations: [], changes: [], audit });
    await controlPlane.perform('DescribeKey', { KeyId });
    await jobs.runOnce();
    expect((await checkpoints()).map(({ records }) => records)).toEqual([1, 10_001]);
    controlPlane.clock.advance(INTERVAL_MS);
    await jobs.runOnce();
    expect((await checkpoints()).map(({ records }) => records)).toEqual([1, 10_001, 12_002]);
    expect(await verified()).toBe(12_002);
  });

  test('are not taken of a chain that lost records, because an operator must look at it', async () => {
    await aKey(controlPlane);
    const jobs = await auditJobs();
    const store = Object.create(controlPlane.store) as typeof controlPlane.store;
    store.listAuditLinks = async () => ({ rows: [], more: false });
    controlPlane.clock.advance(INTERVAL_MS);
    await controlPlane.perform('ListKeys', {});
    await jobs.stop();
    const audit = { checkpointIntervalMs: INTERVAL_MS };
    const blind = startJobs({ ...controlPlane.engines, store, nodeId: 'node-2', intervalMs: 3_600_000, audit });
    running.push(blind);
    expect(await blind.runOnce()).toMatchObject({ failed: 1 });
    expect(await checkpoints()).toHaveLength(1);
  });
});

async function filesBelow(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

async function delivered(): Promise<readonly AuditRecord[]> {
  const logs = (await filesBelow(directory)).filter((name) => name.includes('AWSLogs/'));
  const texts = await Promise.all(logs.map((name) => readFile(join(directory, name))));
  return texts.flatMap((text) => (JSON.parse(gunzipSync(text).toString()) as { Records: AuditRecord[] }).Records);
}

async function directoryFaults(): Promise<readonly string[]> {
  const trail = new TrailVerifier(await verifier(), async (path) => {
    const compressed = await readFile(join(directory, path)).catch(() => undefined);
    return compressed && gunzipSync(compressed).toString();
  });
  const faults: string[] = [];
  for (const name of await filesBelow(directory)) {
    if (!name.startsWith('Checkpoints/')) continue;
    const published = JSON.parse(await readFile(join(directory, name), 'utf8')) as PublishedCheckpoint;
    faults.push(...(await trail.add(published)));
  }
  return faults;
}

describe('delivery', () => {
  test('writes every record once, by account, Region and day, in CloudTrail’s names, privately', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('ListKeys', {}, { region: 'us-east-1' });
    const jobs = await auditJobs({ logDirectory: directory });
    await controlPlane.perform('DescribeKey', { KeyId });
    controlPlane.clock.advance(DAY_MS);
    await jobs.runOnce();
    const files = await filesBelow(directory);
    const log = (day: string, region: string) =>
      new RegExp(
        `^AWSLogs/${accountId}/CloudTrail/${region}/2026/01/${day}/` +
          `${accountId}_CloudTrail_${region}_202601${day}T\\d{4}Z_[A-Za-z0-9]{16}\\.json\\.gz$`,
      );
    expect(files).toEqual([
      expect.stringMatching(log('01', 'eu-west-1')),
      expect.stringMatching(log('02', 'eu-west-1')),
      expect.stringMatching(log('01', 'us-east-1')),
      'Checkpoints/0000000/0000000001.json',
      'Checkpoints/0000000/0000000002.json',
    ]);
    expect((await stat(join(directory, files[0] ?? ''))).mode & 0o777).toBe(0o600);
    const events = (await delivered()).map(({ eventName, awsRegion }) => `${eventName} ${awsRegion}`);
    expect(events.sort()).toEqual(['CreateKey eu-west-1', 'DescribeKey eu-west-1', 'ListKeys us-east-1']);
    expect(await directoryFaults()).toEqual([]);
  });

  test('delivers records from before it was configured, and delivers nothing twice', async () => {
    const { KeyId } = await aKey(controlPlane);
    await describe100(KeyId);
    const first = await auditJobs();
    await first.stop();
    const second = await auditJobs({ logDirectory: directory });
    expect(await delivered()).toHaveLength(101);
    const before = await filesBelow(directory);
    await second.runOnce();
    expect(await filesBelow(directory)).toEqual(before);
  });

  test('writes the same files again when a crash lost the row that says that they are written', async () => {
    await aKey(controlPlane);
    const jobs = await auditJobs({ logDirectory: directory });
    const before = await Promise.all((await filesBelow(directory)).map((name) => readFile(join(directory, name))));
    const cursor = await controlPlane.store.findMeta('audit-delivered-checkpoint');
    const key = { name: 'audit-delivered-checkpoint' };
    const revision = cursor?.revision ?? 0;
    await controlPlane.store.write({
      mutations: [{ op: 'delete', table: 'meta', key, revision }],
      changes: [],
      audit: [],
    });
    await jobs.runOnce();
    const names = await filesBelow(directory);
    expect(await Promise.all(names.map((name) => readFile(join(directory, name))))).toEqual(before);
    expect(await delivered()).toHaveLength(1);
  });

  test('stops at a directory with other checkpoints, because the database was set back', async () => {
    const { KeyId } = await aKey(controlPlane);
    const jobs = await auditJobs({ logDirectory: directory });
    await writeFile(
      join(directory, 'Checkpoints/0000000/0000000002.json'),
      JSON.stringify({ checkpoint: { body: 'another', signature: '' }, digest: { body: '', signature: '' } }),
    );
    await controlPlane.perform('DescribeKey', { KeyId });
    controlPlane.clock.advance(INTERVAL_MS);
    expect(await jobs.runOnce()).toMatchObject({ failed: 1 });
    expect(await delivered()).toHaveLength(1);
  });

  describe('to a directory that someone changed', () => {
    let log: string;
    let records: AuditRecord[];
    beforeEach(async () => {
      const { KeyId } = await aKey(controlPlane);
      for (let i = 0; i < 5; i++) await controlPlane.perform('DescribeKey', { KeyId });
      await auditJobs({ logDirectory: directory });
      log = (await filesBelow(directory)).find((name) => name.startsWith('AWSLogs/')) ?? '';
      records = [...(await delivered())];
    });

    const put = (changed: readonly unknown[]) =>
      writeFile(join(directory, log), gzipSync(JSON.stringify({ Records: changed })));
    const chainId = async () => (await controlPlane.store.listAuditChains())[0]?.chainId;
    const event = (index: number) => `(${records[index]?.eventName}, event ${records[index]?.eventID})`;

    test('an edited record is named', async () => {
      await put(records.with(2, { ...(records[2] as AuditRecord), sourceIPAddress: '203.0.113.9' }));
      expect(await directoryFaults()).toEqual([
        `${log}: record 3 of chain ${await chainId()} is not what was written ${event(2)}`,
      ]);
    });

    test('a dropped record is named, in the middle and at the end', async () => {
      await put(records.toSpliced(1, 1));
      expect(await directoryFaults()).toEqual([`${log}: record 2 of chain ${await chainId()} is missing here`]);
      await put(records.slice(0, -1));
      expect(await directoryFaults()).toEqual([`${log}: record 6 of chain ${await chainId()} is missing here`]);
    });

    test('an inserted record is named', async () => {
      const forged = { ...(records[4] as AuditRecord), eventID: 'forged' };
      await put(records.toSpliced(4, 0, forged));
      const place = `a record before record 5 of chain ${await chainId()} does not belong there`;
      expect(await directoryFaults()).toEqual([`${log}: ${place} (DescribeKey, event forged)`]);
      await put([...records, null]);
      expect(await directoryFaults()).toEqual([`${log}: a record at the end does not belong there`]);
    });

    test('swapped records are named', async () => {
      await put(records.with(1, records[3] as AuditRecord).with(3, records[1] as AuditRecord));
      const named = (await directoryFaults()).map((fault) => /record (\d)/.exec(fault)?.[1]);
      expect(named).toEqual(expect.arrayContaining(['2', '3']));
    });

    test('a missing file, an invalid file, and changed white space are reported', async () => {
      await rm(join(directory, log));
      expect(await directoryFaults()).toEqual([`${log} is missing: records 1 to 6 of chain ${await chainId()}`]);
      await writeFile(join(directory, log), gzipSync('nothing'));
      expect(await directoryFaults()).toEqual([`${log} is not a log file`]);
      await writeFile(join(directory, log), gzipSync(`${JSON.stringify({ Records: records })}\n`));
      expect(await directoryFaults()).toEqual([`${log}: its text was changed, its records were not`]);
    });

    test('a checkpoint that was altered or exchanged is reported', async () => {
      const path = join(directory, 'Checkpoints/0000000/0000000001.json');
      const text = await readFile(path, 'utf8');
      const published = JSON.parse(text) as PublishedCheckpoint;
      await writeFile(path, text.replace('complete\\":true', 'complete\\":false'));
      expect(await directoryFaults()).toEqual(['checkpoint at the start does not verify under the public key']);
      await writeFile(path, JSON.stringify({ ...published, digest: published.checkpoint }));
      expect(await directoryFaults()).toEqual(['the digest beside checkpoint 1 belongs to another checkpoint']);
    });
  });
});

describe('retention', () => {
  const twoDays = { retentionMs: 2 * DAY_MS };

  test('removes only what is old enough, and the rest still verifies', async () => {
    const { KeyId, Arn } = await aKey(controlPlane);
    await describe100(KeyId);
    const jobs = await auditJobs(twoDays);
    controlPlane.clock.advance(DAY_MS);
    await describe100(KeyId);
    await jobs.runOnce();
    expect(await verified()).toBe(201);
    controlPlane.clock.advance(DAY_MS + 60_000);
    await jobs.runOnce();
    expect(await verified()).toBe(100);
    const [head] = await controlPlane.store.listAuditChains();
    expect(head?.anchor).toMatchObject({ sequence: 101 });
    const { records } = await controlPlane.store.lookupAudit({ accountId, resourceArn: Arn, limit: 1000 });
    expect(records).toHaveLength(100);
    controlPlane.clock.advance(5 * DAY_MS);
    await jobs.runOnce();
    expect(await verified()).toBe(0);
    await controlPlane.perform('DescribeKey', { KeyId });
    controlPlane.clock.advance(INTERVAL_MS);
    await jobs.runOnce();
    expect(await verified()).toBe(1);
  });

  test('waits for delivery when delivery is configured', async () => {
    await aKey(controlPlane);
    await writeFile(join(directory, 'blocked'), '');
    const jobs = await auditJobs({ ...twoDays, logDirectory: join(directory, 'blocked') });
    controlPlane.clock.advance(5 * DAY_MS);
    await jobs.runOnce();
    expect(await verified()).toBe(1);
    await rm(join(directory, 'blocked'));
    await jobs.runOnce();
    await jobs.runOnce();
    expect(await delivered()).toHaveLength(1);
    expect(await verified()).toBe(0);
  });

  test('leaves an anchor that cannot be moved by hand', async () => {
    const { KeyId } = await aKey(controlPlane);
    await describe100(KeyId);
    const jobs = await auditJobs(twoDays);
    await jobs.runOnce();
    const history = new CheckpointHistory(await verifier());
    for (const row of (await controlPlane.store.listCheckpoints({ after: 0, limit: 10 })).rows) history.add(row);
    const [head] = await controlPlane.store.listAuditChains();
    const records = await recordsOf(head as ChainHead);
    const anchor = { sequence: 40, hash: records[39]?.hash ?? '', peaks: [] };
    const report = await verifyChain(
      { ...(head as ChainHead), anchor },
      records.slice(40),
      history.expectationOf(head?.chainId ?? ''),
    );
    expect(report.fault).toMatchObject({
      kind: 'removed',
      message: 'records 1 to 40 were removed, but no checkpoint allows retention to remove them',
    });
  });
});
