/** What is left of counted refusals when a server stops, and when it is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import { systemClock } from '@keystead/control-plane/domain/clock.ts';
import { openStoreReadOnly } from '@keystead/control-plane/storage/open.ts';
import { caller } from '../support/calls.ts';
import { startServer } from '../support/server.ts';

/** By default; see docs/guide/audit.md. */
const IDENTICAL = 30;
const SENT = 100;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keystead-refusals-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** The records of a caller that is refused again and again, until the server ends, newest first. */
async function refusedUntil(end: 'stop' | 'kill'): Promise<readonly AuditRecord[]> {
  const server = await startServer({ dataDir });
  const root = caller(server.endpoint, server.credentials);
  for (let i = 0; i < SENT; i += 1) {
    expect(await root.aws('DescribeKey', { KeyId: 'alias/absent' })).toMatchObject({ code: 'NotFoundException' });
  }
  await server[end]();
  const store = await openStoreReadOnly({ database: 'sqlite', dataDir, clock: systemClock });
  try {
    const query = { accountId: server.accountId, region: 'us-east-1', eventName: 'DescribeKey', limit: 1000 };
    return (await store.lookupAudit(query)).records;
  } finally {
    await store.close();
  }
}

const dataOf = (records: readonly AuditRecord[], name: string) =>
  records.flatMap(({ additionalEventData }) => additionalEventData?.[name] ?? []);

test('a stop writes what was counted', async () => {
  const records = await refusedUntil('stop');
  expect(records).toHaveLength(IDENTICAL + 1);
  expect(dataOf(records, 'keysteadRefusals')).toEqual([expect.objectContaining({ count: SENT - IDENTICAL })]);
});

test('kill -9 loses only the count of its minute, and the last record says that there was one', async () => {
  const records = await refusedUntil('kill');
  expect(records).toHaveLength(IDENTICAL);
  expect(dataOf(records, 'keysteadRefusals')).toEqual([]);
  expect(dataOf(records, 'keysteadFurtherRefusals')).toEqual(['counted']);
});
