/**
 * The engine for more than one machine. Every write is one statement and one round trip (postgres-statement.ts), sent
 * over lanes (postgres-lanes.ts); reads share a pool. Only migrations and the arranging and pruning of the audit log use
 * interactive transactions.
 *
 * The server's configuration decides how durable a commit is: with `synchronous_standby_names` set and
 * `synchronous_commit` at `on` (the default) or `remote_apply`, an acknowledged write survives the loss of the primary.
 * With `synchronous_commit = off` a crash of the server can lose it: the engine logs a warning and continues.
 */
import { randomUUID } from 'node:crypto';
import { type CompiledQuery, sql } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../domain/clock.ts';
import { rememberingReader, touchedRows } from '../memory/remembering-reader.ts';
import { MEMORY_BYTES, RowMemory } from '../memory/row-memory.ts';
import { type InTransaction, migrate, requireCurrentSchema } from '../migrations/runner.ts';
import { type Store, type StoreLog, type StoreReader, StoreUnavailable, WriteConflict } from '../port/store.ts';
import { arrangement } from '../queries/audit/arrange.ts';
import { pruneStatements } from '../queries/audit/prune.ts';
import { repairStatements } from '../queries/audit/row-index.ts';
import { repairSegmentStatements } from '../queries/audit/segment-index.ts';
import { causeOf } from '../queries/changes.ts';
import { postgresDialect } from '../queries/dialect.ts';
import { dropLease, leaseOf, takeLease } from '../queries/leases.ts';
import { type ConditionalStatement, checkWrite } from '../queries/mutations.ts';
import { registerNode, seeNode } from '../queries/nodes.ts';
import type { RunQuery } from '../queries/prepared.ts';
import { createReader } from '../queries/reader.ts';
import { newRecord } from '../segments/format.ts';
import { SealThread } from '../segments/seal-thread.ts';
import { connectionConfig, failureOf, runOn, sqlStateOf, storeErrorOf } from './postgres-connection.ts';
import { Lanes } from './postgres-lanes.ts';
import { TouchFollower } from './postgres-memory.ts';

const db = postgresDialect.queries;
const READERS = 10;

export interface PostgresOptions {
  readonly url: string;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly log?: StoreLog;
}

/** @throws StoreUnavailable, StoreVersionMismatch */
export async function openPostgres({ url, nodeName, clock, log }: PostgresOptions): Promise<Store> {
  const pool = openPool(url);
  // Every start is a new node with new chains; the chains of earlier starts are not continued.
  const node = { nodeId: randomUUID(), name: nodeName, nowMs: clock.now() };
  const run = runOnce(pool);
  try {
    await checkServer(run, log);
    await migrate(postgresDialect, inTransaction(pool), clock);
    await run(registerNode(db, node).compile());
  } catch (error) {
    await pool.end();
    throw error;
  }
  const lanes = new Lanes(url, node.nodeId);
  const commit = commitOn(pool);
  const sealer = new SealThread();
  const reader = createReader(db, runTwice(pool));
  const memory = new RowMemory(MEMORY_BYTES);
  const follower = new TouchFollower(memory, run);
  return {
    engine: 'postgres',
    ...reader,
    memory: () => memory.counts,
    forRequests: { reads: rememberingReader(reader, memory), catchUp: () => follower.catchUp() },
    write: async (write) => {
      checkWrite(write);
      const { mutations, changes } = write;
      if (mutations.length + changes.length + write.audit.length === 0) return;
      const audit = write.audit.map(newRecord);
      const touched = touchedRows(mutations);
      const end = memory.begin(touched);
      try {
        await lanes.write({ mutations, touched, changes, cause: causeOf(write), audit });
      } catch (error) {
        // The write that came first: the next attempt must not find in memory what this one did.
        if (error instanceof WriteConflict) await follower.catchUp();
        throw error;
      } finally {
        // A write whose outcome is unknown is a touch if it commits later.
        end(true);
      }
    },
    pruneAudit: async (chainId, from, anchor) => {
      await commit(await pruneStatements(db, run, { chainId, from, anchor }));
    },
    arrangeAudit: async (step) => {
      const statements = await arrangement(db, run, step, (segments, grade) => sealer.seal(segments, grade));
      if (statements) await commit(statements);
      return statements !== undefined;
    },
    repairAuditSegment: async (chainId, lastSequence) => {
      await commit(await repairSegmentStatements(db, run, chainId, lastSequence));
    },
    repairAuditIndex: async (repair) => {
      for (const query of repairStatements(db, repair)) await run(query);
    },
    acquireLease: async (name, holder, nowMs, ttlMs) =>
      leaseOf((await run(takeLease(db, { name, holder, nowMs, ttlMs }).compile()))[0]),
    releaseLease: async (lease, holder) => {
      await run(dropLease(db, lease, holder).compile());
    },
    ping: async () => {
      await run(seeNode(db, { nodeId: node.nodeId, nowMs: clock.now() }).compile());
    },
    close: async () => {
      await sealer.close();
      await lanes.close();
      if (!pool.ending) await pool.end();
    },
  };
}

/** Reads while servers can be running. */
export async function openPostgresReadOnly(url: string): Promise<StoreReader & { close(): Promise<void> }> {
  const pool = openPool(url);
  const run = runTwice(pool);
  try {
    await requireCurrentSchema(postgresDialect, run);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    ...createReader(db, run),
    close: async () => {
      if (!pool.ending) await pool.end();
    },
  };
}

function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(url), max: READERS });
  // The pool removes an idle connection that breaks.
  pool.on('error', () => {});
  return pool;
}

const runOnce =
  (pool: pg.Pool): RunQuery =>
  async <Row>(query: CompiledQuery<Row>) => {
    try {
      return await runOn(pool, query);
    } catch (error) {
      throw storeErrorOf(error);
    }
  };

/** Reads can be repeated: after a restart of the server, each connection of the pool fails once and is then removed. */
const runTwice =
  (pool: pg.Pool): RunQuery =>
  async <Row>(query: CompiledQuery<Row>) => {
    try {
      return await runOn(pool, query);
    } catch (error) {
      if (failureOf(error) !== 'connection') throw storeErrorOf(error);
      return runOnce(pool)(query);
    }
  };

async function checkServer(run: RunQuery, log: StoreLog | undefined): Promise<void> {
  const settings = sql<{ encoding: string | null; commit: string | null }>`
    select current_setting('server_encoding', true) as encoding, current_setting('synchronous_commit', true) as commit`;
  const [server] = await run(settings.compile(db));
  if (server?.encoding && server.encoding !== 'UTF8') {
    throw new StoreUnavailable(`The database's encoding is ${server.encoding}; create it with encoding UTF8`);
  }
  if (server?.commit === 'off') {
    log?.warn(
      { synchronousCommit: 'off' },
      'synchronous_commit is off: a crash of the database can lose acknowledged writes; set it to on',
    );
  }
}

const ATTEMPTS_TO_MIGRATE = 10;

/** For migrations. Nodes that start together can conflict when they create the tables; the later one tries again. */
const inTransaction =
  (pool: pg.Pool): InTransaction =>
  async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await oneTransaction(pool, work);
      } catch (error) {
        if (!isMigrationConflict(error) || attempt === ATTEMPTS_TO_MIGRATE) throw storeErrorOf(error);
      }
    }
  };

async function oneTransaction<Result>(pool: pg.Pool, work: (run: RunQuery) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let failed = true;
  try {
    await client.query('begin');
    const result = await work(<Row>(query: CompiledQuery<Row>) => runOn(client, query));
    await client.query('commit');
    failed = false;
    return result;
  } finally {
    // Closing the connection rolls back in every case.
    client.release(failed);
  }
}

/** Commits all statements or none. */
const commitOn = (pool: pg.Pool) => async (statements: readonly ConditionalStatement[]) => {
  try {
    await oneTransaction(pool, async (run) => {
      for (const { query, mustTouch } of statements) {
        const rows = await run(query.compile());
        if (mustTouch && rows.length === 0)
          throw new WriteConflict('another server has changed these records meanwhile');
      }
    });
  } catch (error) {
    throw storeErrorOf(error);
  }
};

/** Unique violation in the system's own tables, duplicate table or object, "tuple concurrently updated". */
const isMigrationConflict = (error: unknown): boolean =>
  failureOf(error) === 'conflict' || ['42P07', '42710', 'XX000'].includes(sqlStateOf(error) ?? '');
