/**
 * Delivers the audit log as files, one checkpoint after the other. One row names the last delivered checkpoint and
 * changes after the files are on disk. Files depend only on their checkpoint, so files written again after a crash are
 * the same, and every record is in the directory exactly once.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLogFiles } from '../audit/log-directory.ts';
import { type Checkpoint, parseCheckpoint } from '../domain/audit/audit-checkpoint.ts';
import {
  checkpointPath,
  digestBody,
  logFiles,
  type PlacedRecord,
  type PublishedCheckpoint,
} from '../domain/audit/trail-files.ts';
import { writeDurably } from '../runtime/durable-file.ts';
import type { AuditLogReader } from '../storage/port/audit.ts';
import type { InstallationReader } from '../storage/port/installation.ts';
import type { Mutation, Write } from '../storage/port/store.ts';
import type { Job, JobContext } from './job.ts';

const CURSOR = 'audit-delivered-checkpoint';
const PAGE = 1000;

export function deliverLogFiles(directory: string): Job {
  return {
    name: 'deliver-audit',
    uncounted: true,
    async due(store) {
      const delivered = await deliveredCheckpoint(store);
      const { rows } = await store.listCheckpoints({ after: delivered.number, limit: 1 });
      return rows.map(({ number }) => ({ name: `checkpoint ${number}`, decide: (ctx) => deliver(ctx, directory) }));
    },
  };
}

interface Delivered {
  readonly number: number;
  /** Absent: nothing was delivered yet. */
  readonly revision?: number;
}

/** The last checkpoint whose records are all in the directory. */
export async function deliveredCheckpoint(store: InstallationReader): Promise<Delivered> {
  const row = await store.findMeta(CURSOR);
  return row ? { number: Number(row.value), revision: row.revision } : { number: 0 };
}

async function deliver({ store, installation }: JobContext, directory: string): Promise<Write> {
  const delivered = await deliveredCheckpoint(store);
  const [row] = (await store.listCheckpoints({ after: delivered.number, limit: 1 })).rows;
  if (!row) return { mutations: [], changes: [], audit: [] };
  const { number, body, signature } = row;
  const checkpoint = parseCheckpoint(body);
  if (!checkpoint) throw new Error(`checkpoint ${number} cannot be read`);
  const path = join(directory, checkpointPath(number));
  await requireOwn(path, body);
  const records = await coveredRecords(store, checkpoint);
  const files = logFiles(checkpoint, body, records);
  await writeLogFiles(directory, files);
  const digest = digestBody(number, body, files, records);
  const published: PublishedCheckpoint = {
    checkpoint: { body, signature },
    digest: { body: digest, signature: Buffer.from(await installation.signCheckpoint(digest)).toString('hex') },
  };
  await writeDurably(path, JSON.stringify(published));
  return { mutations: [moveCursor(delivered, number)], changes: [], audit: [] };
}

/** A database that was set back must not overwrite the directory, because the directory shows that it was set back. */
async function requireOwn(path: string, body: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined || (JSON.parse(text) as PublishedCheckpoint).checkpoint.body === body) return;
  throw new Error(
    `${path} holds another checkpoint: the database was set back, or the directory belongs to another server`,
  );
}

/** Records that retention removed before delivery was configured cannot be delivered. */
async function coveredRecords(store: AuditLogReader, { covered }: Checkpoint): Promise<readonly PlacedRecord[]> {
  const records: PlacedRecord[] = [];
  for (const { chainId, first, last } of covered) {
    for (let after = first - 1; after < last; ) {
      const { rows } = await store.listAudit(chainId, { after, limit: Math.min(PAGE, last - after) });
      records.push(...rows.filter(({ sequence }) => sequence <= last));
      after = rows.at(-1)?.sequence ?? last;
    }
  }
  return records;
}

function moveCursor({ revision }: Delivered, number: number): Mutation {
  const value = String(number);
  if (revision === undefined) return { op: 'insert', table: 'meta', row: { name: CURSOR, value } };
  return { op: 'update', table: 'meta', key: { name: CURSOR }, revision, set: { value } };
}
