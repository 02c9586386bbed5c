/** The audit log as someone else left it in the database: an earlier version, or one who changed records. */
import { indexEntryOf, resourceLinksOf } from '@keystead/control-plane/domain/audit/audit-index.ts';
import type { AuditRecord } from '@keystead/control-plane/domain/audit/audit-record.ts';
import type { Store } from '@keystead/control-plane/storage/port/store.ts';
import {
  readRecords,
  type SegmentRecord,
  type SegmentRow,
  segmentsOf,
} from '@keystead/control-plane/storage/segments/format.ts';
import type Database from 'better-sqlite3';
import { auditRecords, type Direct, type Place } from './engines.ts';

export const onFile = (database: Database.Database): Direct => ({
  execute: async (sql, ...values) => void database.prepare(sql).run(...values),
  select: async (sql, ...values) => database.prepare(sql).all(...values),
});

/** Replaces the records of a chain by what `edit` makes of them; hashes stay as they are. */
export async function rewriteChain(
  { execute, select }: Direct,
  chainId: string,
  edit: (records: readonly SegmentRecord[]) => readonly SegmentRecord[],
): Promise<void> {
  const stored = await select('select * from audit_segments where chain_id = ? order by last_sequence', chainId);
  const records: SegmentRecord[] = [];
  for (const segment of stored as SegmentRow[]) records.push(...(await readRecords(segment)));
  await execute('delete from audit_segments where chain_id = ?', chainId);
  for (const run of withoutGaps(edit(records))) {
    const [first] = run;
    if (!first) continue;
    for (const row of segmentsOf(chainId, first.sequence, first.previousHash, run)) {
      const columns = Object.keys(row);
      const marks = columns.map(() => '?');
      await execute(`insert into audit_segments (${columns}) values (${marks})`, ...Object.values(row));
    }
  }
}

function withoutGaps(records: readonly SegmentRecord[]): readonly (readonly SegmentRecord[])[] {
  const runs: SegmentRecord[][] = [];
  for (const record of records.toSorted((a, b) => a.sequence - b.sequence)) {
    const last = runs.at(-1);
    if (last?.at(-1)?.sequence === record.sequence - 1) last.push(record);
    else runs.push([record]);
  }
  return runs;
}

/** Stores all records as rows with columns for look-ups, as versions before segments did. */
export async function asEarlierVersion(place: Place, store: Store): Promise<void> {
  const rows: Record<string, string | number | null>[] = [];
  const links: Record<string, string | number>[] = [];
  for (const { chainId } of await store.listAuditChains()) {
    for await (const { sequence, previousHash, hash, recordJson } of auditRecords(store, chainId)) {
      const entry = indexEntryOf(JSON.parse(recordJson) as AuditRecord);
      rows.push({
        ...{ chain_id: chainId, sequence, previous_hash: previousHash, hash, record_json: recordJson },
        ...{ account_id: entry.accountId, region: entry.region, event_source: entry.eventSource },
        ...{ event_name: entry.eventName, user_name: entry.userName ?? null },
        ...{ access_key_id: entry.accessKeyId ?? null, read_only: entry.readOnly ? 1 : 0 },
        ...{ resource_type: entry.resourceType ?? null, request_id: entry.requestId, event_id: entry.eventId },
        at_ms: entry.atMs,
      });
      for (const link of resourceLinksOf(chainId, sequence, entry)) {
        const { accountId: account_id, resourceArn: resource_arn, atMs: at_ms } = link;
        links.push({ account_id, resource_arn, at_ms, chain_id: chainId, sequence });
      }
    }
  }
  await place.tamper('delete from audit_segments');
  await place.tamper('delete from audit_terms');
  for (const [table, all] of [['audit_log', rows] as const, ['audit_resources', links] as const]) {
    for (let at = 0; at < all.length; at += ROWS_PER_INSERT)
      await insert(place, table, all.slice(at, at + ROWS_PER_INSERT));
  }
}

const ROWS_PER_INSERT = 500;

async function insert(place: Place, table: string, rows: readonly Record<string, string | number | null>[]) {
  const columns = Object.keys(rows[0] ?? {});
  const marks = rows.map(() => `(${columns.map(() => '?')})`);
  const values = rows.flatMap((row) => columns.map((column) => row[column] ?? null));
  await place.tamper(`insert into ${table} (${columns}) values ${marks}`, ...values);
}

/** Arranges until nothing is left to do. */
export async function arrangeAll(store: Store, nowMs: number): Promise<number> {
  let steps = 0;
  for (;;) {
    const chains = await store.listAuditToArrange(nowMs, 100);
    const done = await Promise.all(chains.map((chainId) => store.arrangeAudit({ chainId, nowMs })));
    steps += done.filter(Boolean).length;
    if (!done.includes(true)) return steps;
  }
}
