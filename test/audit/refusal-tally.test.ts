/** Refusals cannot fill the audit log, and none goes uncounted. */
import {
  createRefusalTally,
  type RunningTally,
  startRefusalTally,
} from '@keystead/control-plane/audit/refusal-tally.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { StoreUnavailable, type Write } from '@keystead/control-plane/storage/port/store.ts';
import pino from 'pino';
import { aKey } from '../support/a-key.ts';
import { openTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts';

const PER_INTERVAL = 50;
const IDENTICAL = 5;

interface Shown {
  readonly count: number;
  readonly firstTime: string;
  readonly lastTime: string;
}

const shown = ({ additionalEventData }: AuditRecord) => additionalEventData?.keysteadRefusals as Shown | undefined;
const counted = (records: readonly AuditRecord[]) => records.reduce((sum, one) => sum + (shown(one)?.count ?? 0), 0);

describe('a principal that is refused again and again', () => {
  let controlPlane: TestControlPlane;
  let tally: RunningTally;
  beforeEach(async () => {
    controlPlane = await openTestControlPlane();
    tally = createRefusalTally({ store: controlPlane.store, perInterval: PER_INTERVAL });
    Object.assign(controlPlane.engines, { refusals: tally });
  });
  afterEach(() => controlPlane?.close());

  // Each API family: KMS, IAM, STS, CloudTrail, and our own operations.
  test.each([
    ['DescribeKey', { KeyId: 'alias/absent' }],
    ['GetUser', { UserName: 'absent' }],
    ['AssumeRole', { RoleArn: 'arn:aws:iam::111122223333:role/absent', RoleSessionName: 'none' }],
    ['LookupEvents', { NextToken: 'wrong' }],
    ['GetKeyConfiguration', { KeyId: 'alias/absent' }],
  ] as const)(
    'of %s gets a few records of its own, and one with number and times for the rest',
    async (name, input) => {
      for (let i = 0; i < 40; i += 1) {
        await controlPlane.refusal(name, input as never);
        controlPlane.clock.advance(1000);
      }
      expect(await controlPlane.events(name)).toHaveLength(IDENTICAL);
      await tally.flush();
      const [summary, ...own] = await controlPlane.events(name);
      expect(own).toHaveLength(IDENTICAL);
      expect(own.filter((record) => record.additionalEventData?.keysteadFurtherRefusals === 'counted')).toHaveLength(1);
      expect(summary && shown(summary)).toEqual({
        count: 40 - IDENTICAL,
        firstTime: '2026-01-01T12:00:05Z',
        lastTime: '2026-01-01T12:00:39Z',
      });
      expect(summary).toMatchObject({ errorCode: own[0]?.errorCode, requestID: expect.any(String) });
      await tally.flush();
      expect(await controlPlane.events(name)).toHaveLength(IDENTICAL + 1);
    },
  );

  test('gets records of its own again in the next interval', async () => {
    for (let interval = 0; interval < 3; interval += 1) {
      for (let i = 0; i < 20; i += 1) await controlPlane.refusal('DescribeKey', { KeyId: 'alias/absent' });
      await tally.flush();
    }
    const records = await controlPlane.events('DescribeKey');
    expect(records).toHaveLength(3 * (IDENTICAL + 1));
    expect(counted(records)).toBe(3 * (20 - IDENTICAL));
  });

  test('cannot escape by varying its requests: beyond its total, they are counted by event and error', async () => {
    for (let i = 0; i < 200; i += 1) await controlPlane.refusal('DescribeKey', { KeyId: `alias/absent-${i}` });
    for (let i = 0; i < 10; i += 1) await controlPlane.refusal('GetKeyPolicy', { KeyId: `alias/absent-${i}` });
    await tally.flush();
    const written = [...(await all('DescribeKey')), ...(await all('GetKeyPolicy'))];
    expect(written).toHaveLength(PER_INTERVAL + 2);
    expect(written.filter((record) => !shown(record)).length + counted(written)).toBe(210);
  });

  test('takes nothing from other principals, and nothing from what succeeds', async () => {
    const { KeyId } = await aKey(controlPlane);
    const [loud, quiet] = [await controlPlane.user('loud'), await controlPlane.user('quiet')];
    for (let i = 0; i < 30; i += 1) await controlPlane.refusal('DescribeKey', { KeyId }, { as: loud });
    for (let i = 0; i < 3; i += 1) await controlPlane.refusal('DescribeKey', { KeyId }, { as: quiet });
    for (let i = 0; i < 20; i += 1) await controlPlane.perform('DescribeKey', { KeyId });
    const names = (await controlPlane.events('DescribeKey')).map(({ userIdentity }) => userIdentity.userName);
    expect(names.filter((name) => name === 'loud')).toHaveLength(IDENTICAL);
    expect(names.filter((name) => name === 'quiet')).toHaveLength(3);
    expect(names.filter((name) => name === undefined)).toHaveLength(20);
  });

  test('keeps its records apart by error', async () => {
    const { KeyId } = await aKey(controlPlane);
    await controlPlane.perform('DisableKey', { KeyId });
    const Plaintext = Buffer.from('x');
    for (let i = 0; i < 10; i += 1) {
      await controlPlane.refusal('Encrypt', { KeyId, Plaintext });
      await controlPlane.refusal('Encrypt', { KeyId: 'alias/absent', Plaintext });
    }
    await tally.flush();
    const summaries = (await controlPlane.events('Encrypt')).filter(shown);
    expect(summaries.map(({ errorCode }) => errorCode).sort()).toEqual(['DisabledException', 'NotFoundException']);
    expect(summaries.map((record) => shown(record)?.count)).toEqual([5, 5]);
  });

  async function all(eventName: string): Promise<readonly AuditRecord[]> {
    const { records } = await controlPlane.store.lookupAudit({
      accountId: '111122223333',
      region: 'eu-west-1',
      eventName,
      limit: 1000,
    });
    return records;
  }
});

const refusal = (name: string, principalId = 'AIDAONE') =>
  ({
    eventName: name,
    eventSource: 'kms.amazonaws.com',
    errorCode: 'NotFoundException',
    awsRegion: 'eu-west-1',
    eventTime: '2026-01-01T12:00:00Z',
    userIdentity: { type: principalId.includes(':') ? 'AssumedRole' : 'IAMUser', principalId },
    recipientAccountId: '111122223333',
  }) as Partial<AuditRecord> as AuditRecord;

/** A store whose writes a test can let fail. */
function aStore() {
  const written: AuditRecord[] = [];
  const store = {
    fails: false,
    async write({ audit }: Write) {
      if (store.fails) throw new StoreUnavailable('no disk');
      written.push(...audit);
    },
  };
  return { store, written };
}

test('sessions of a role are one principal', () => {
  const { store } = aStore();
  const tally = createRefusalTally({ store, perInterval: PER_INTERVAL });
  const own = Array.from({ length: 20 }, (_, i) => tally.recordsFor([refusal('Encrypt', `AROAONE:session-${i}`)]));
  expect(own.filter((records) => records.length > 0)).toHaveLength(IDENTICAL);
});

test('0 gives every refusal a record', () => {
  const tally = createRefusalTally({ store: aStore().store, perInterval: 0 });
  for (let i = 0; i < 1000; i += 1) expect(tally.recordsFor([refusal('Encrypt')])).toEqual([refusal('Encrypt')]);
});

test('a write that fails loses no count, and what is kept meanwhile does not grow with the time', async () => {
  const { store, written } = aStore();
  const tally = createRefusalTally({ store, perInterval: 10 });
  store.fails = true;
  for (let interval = 0; interval < 50; interval += 1) {
    for (let i = 0; i < 100; i += 1) {
      tally.recordsFor([{ ...refusal('Encrypt'), errorMessage: `${interval}/${i % 20}` }]);
    }
    await expect(tally.flush()).rejects.toThrow('no disk');
  }
  expect(tally.pending()).toEqual({ refusals: 50 * 90, records: 1 });
  store.fails = false;
  await tally.flush();
  expect(written.map((record) => shown(record)?.count)).toEqual([4500]);
  expect(tally.pending()).toEqual({ refusals: 0, records: 0 });
});

test('a running tally writes at its interval, and at its stop', async () => {
  const { store, written } = aStore();
  const log = pino({ level: 'silent' });
  const tally = startRefusalTally({ store, log, perInterval: 10 }, 20);
  for (let i = 0; i < 10; i += 1) tally.recordsFor([refusal('Encrypt')]);
  while (written.length === 0) await new Promise((later) => setTimeout(later, 5));
  expect(written.map((record) => shown(record)?.count)).toEqual([9]);
  for (let i = 0; i < 10; i += 1) tally.recordsFor([refusal('Decrypt')]);
  await tally.stop();
  expect(counted(written)).toBe(18);
});
