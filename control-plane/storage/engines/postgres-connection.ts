/**
 * Connections: how values cross them, and what their errors mean.
 * Source: PostgreSQL manual, appendix A "PostgreSQL Error Codes".
 */
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import { type StoreFault, StoreUnavailable, StoreVersionMismatch, WriteConflict } from '../port/store.ts';
import { guardStates } from './postgres-statement.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** After this time the outcome is unknown, and reported as not acknowledged. */
const ANSWER_TIMEOUT_MS = 15_000;

const INT8 = 20;

/** 64-bit integers become numbers: in this schema each is a count, a sequence or milliseconds, below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

export const connectionConfig = (url: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: 'keystead',
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  keepAlive: true,
  types,
});

/** A client or a pool. */
export type Connection = Pick<pg.ClientBase, 'query'>;

export async function runOn<Row>(connection: Connection, { sql, parameters }: CompiledQuery<Row>): Promise<Row[]> {
  const { rows } = await connection.query({ text: sql, values: parameters.map(encode) });
  for (const row of rows) decode(row);
  return rows as Row[];
}

/**
 * PostgreSQL's text cannot contain U+0000. It is sent as U+001A 0, and U+001A itself as U+001A 1; text with neither,
 * which is almost all text, is sent unchanged.
 */
const encode = (value: unknown): unknown =>
  typeof value === 'string' && (value.includes('\0') || value.includes('\x1a'))
    ? value.replaceAll('\x1a', '\x1a1').replaceAll('\0', '\x1a0')
    : value;

function decode(row: Record<string, unknown>): void {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === 'string' && value.includes('\x1a')) {
      row[column] = value.replaceAll('\x1a0', '\0').replaceAll('\x1a1', '\x1a');
    }
  }
}

export type Failure = 'conflict' | 'stale-snapshot' | 'chain-moved' | 'connection' | 'unavailable' | 'refused';

/** Unique violation, serialization failure, deadlock: another write came first. */
const conflicts: readonly string[] = [guardStates.lostRace, '23505', '40001', '40P01'];
/** Statement completion unknown, admin shutdown, crash shutdown, cannot connect now, database dropped. */
const broken = /^(08|40003|57P0[1-4])/;
/** Insufficient resources (disk, memory, connections), operator intervention, system error, read-only. */
const unable = /^(53|57|58|25006|55|F0|XX|28|3D)/;

const ownErrors = [StoreUnavailable, StoreVersionMismatch, WriteConflict, TypeError, RangeError];

export function failureOf(error: unknown): Failure {
  // Thrown by our own code, not by the statement.
  if (ownErrors.some((own) => error instanceof own)) return 'refused';
  const state = sqlStateOf(error);
  // No SQLSTATE: an error of the driver, not of the server. The connection is lost, failed, or does not answer.
  if (state === undefined) return 'connection';
  if (conflicts.includes(state)) return 'conflict';
  if (state === guardStates.staleSnapshot) return 'stale-snapshot';
  if (state === guardStates.chainMoved) return 'chain-moved';
  if (broken.test(state)) return 'connection';
  return unable.test(state) ? 'unavailable' : 'refused';
}

export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** disk_full, data_corrupted, index_corrupted. Source: PostgreSQL, "Appendix A. PostgreSQL Error Codes". */
const faults: Readonly<Record<string, StoreFault>> = { '53100': 'disk-full', XX001: 'damaged', XX002: 'damaged' };

/** The port's error for a failed statement; an error in the statement itself is returned as it is. */
export function storeErrorOf(error: unknown): unknown {
  const failure = failureOf(error);
  if (failure === 'refused') return error;
  const message = error instanceof Error ? error.message : String(error);
  if (sqlStateOf(error) === guardStates.lostRace) return new WriteConflict('a row has changed since it was read');
  if (failure === 'conflict' || failure === 'stale-snapshot') return new WriteConflict(message);
  return new StoreUnavailable(`PostgreSQL: ${message}`, faults[sqlStateOf(error) ?? '']);
}
