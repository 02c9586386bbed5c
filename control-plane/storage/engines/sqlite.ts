/**
 * The embedded engine: one SQLite file, one server. Writes go to a worker thread (sqlite-worker.ts), because a commit
 * waits for the disk and the event loop must not. Reads run in this thread, on a connection of their own: they are
 * point look-ups and bounded pages, mostly from memory and without a sync, and handing them to another thread would
 * cost more. In WAL mode they see every committed write, and so every write that this server acknowledged. What requests
 * look up again and again is kept in memory: nothing but this server's own writes can change it (memory/row-memory.ts).
 */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import type { Clock } from '../../domain/clock.ts';
import { programFile } from '../../runtime/program-files.ts';
import { rememberingReader, writeThrough } from '../memory/remembering-reader.ts';
import { MEMORY_BYTES, RowMemory } from '../memory/row-memory.ts';
import { migrate, requireCurrentSchema } from '../migrations/runner.ts';
import { type Store, type StoreReader, StoreUnavailable, WriteConflict } from '../port/store.ts';
import { arrangement } from '../queries/audit/arrange.ts';
import { pruneStatements } from '../queries/audit/prune.ts';
import { repairStatements } from '../queries/audit/row-index.ts';
import { repairSegmentStatements } from '../queries/audit/segment-index.ts';
import { causeOf, changeStatements } from '../queries/changes.ts';
import { sqliteDialect } from '../queries/dialect.ts';
import { dropLease, endLeases, leaseOf, takeLease } from '../queries/leases.ts';
import { type ConditionalStatement, checkWrite, mutationStatement } from '../queries/mutations.ts';
import { registerNode, seeNode, startChain } from '../queries/nodes.ts';
import type { RunQuery } from '../queries/prepared.ts';
import { createReader } from '../queries/reader.ts';
import { type NewRecord, newRecord } from '../segments/format.ts';
import { SealThread } from '../segments/seal-thread.ts';
import {
  codeOf,
  databaseFile,
  faultOf,
  lockDirectory,
  openForReading,
  openForWriting,
  prepareFiles,
  Statements,
} from './sqlite-file.ts';
import type {
  BatchResult,
  WorkerReply,
  WorkerRequest,
  WorkerSetup,
  WorkerStatement,
  WriteJob,
} from './sqlite-protocol.ts';

const db = sqliteDialect.queries;

export interface SqliteOptions {
  readonly directory: string;
  readonly nodeName: string;
  readonly clock: Clock;
  /** The worker's program, when it is not beside this file (in a bundle). */
  readonly workerUrl?: URL;
}

/** @throws StoreLocked, StoreVersionMismatch, StoreUnavailable */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  try {
    return await openLocked(options);
  } catch (error) {
    throw openingError(error, options.directory);
  }
}

/** A file that is not a database, is damaged or cannot be written is StoreUnavailable, not a programming error. */
function openingError(error: unknown, directory: string): unknown {
  const code = codeOf(error);
  if (error instanceof StoreUnavailable || !(error instanceof Error) || !/^(SQLITE_|E[A-Z]+$)/.test(code ?? ''))
    return error;
  return new StoreUnavailable(`SQLite cannot use ${databaseFile(directory)}: ${error.message}`, faultOf(error));
}

async function openLocked(options: SqliteOptions): Promise<Store> {
  const file = databaseFile(options.directory);
  await prepareFiles(options.directory);
  const lock = lockDirectory(options.directory);
  try {
    const nodeId = await setUp(file, options);
    const reads = openForReading(file);
    const workerUrl = options.workerUrl ?? pathToFileURL(programFile('storage/engines/sqlite-worker.ts'));
    const writer = new WriterThread(workerUrl, { file, chainId: nodeId });
    const close = async () => {
      // The writer last: the connection that closes last writes the WAL back into the file.
      reads.close();
      await writer.close();
      lock.close();
    };
    try {
      await writer.started();
    } catch (error) {
      await close();
      throw error;
    }
    return sqliteStore({ reads, writer, nodeId, clock: options.clock, close });
  } catch (error) {
    if (lock.open) lock.close();
    throw error;
  }
}

/** Reads, even while a server is running; takes no lock. */
export async function openSqliteReadOnly(directory: string): Promise<StoreReader & { close(): Promise<void> }> {
  const reads = openForReading(databaseFile(directory));
  const run = runOn(new Statements(reads));
  try {
    await requireCurrentSchema(sqliteDialect, run);
  } catch (error) {
    reads.close();
    throw error;
  }
  return {
    ...createReader(db, run),
    close: async () => {
      reads.close();
    },
  };
}

const runOn =
  (statements: Statements): RunQuery =>
  async <Row>(query: CompiledQuery<Row>) => {
    try {
      return statements.run(query).rows as readonly Row[];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new StoreUnavailable(`SQLite could not read: ${message}`, faultOf(error));
    }
  };

/** Migrates, and returns the id of this file's node, whose audit chain is continued. */
async function setUp(file: string, { nodeName, clock }: SqliteOptions): Promise<string> {
  const database = openForWriting(file);
  const statements = new Statements(database);
  const run: RunQuery = async <Row>(query: CompiledQuery<Row>) => statements.run(query).rows as readonly Row[];
  try {
    await migrate(
      sqliteDialect,
      async (work) => {
        database.exec('begin immediate');
        try {
          const result = await work(run);
          database.exec('commit');
          return result;
        } finally {
          if (database.inTransaction) database.exec('rollback');
        }
      },
      clock,
    );
    // The directory is locked, so no other server runs: jobs need not wait until the lease of a killed one expires.
    await run(endLeases(db).compile());
    const [existing] = await run(db.selectFrom('nodes').select('node_id').compile());
    if (existing) return existing.node_id;
    const node = { nodeId: randomUUID(), name: nodeName, nowMs: clock.now() };
    database.exec('begin immediate');
    await run(registerNode(db, node).compile());
    await run(startChain(db, { chainId: node.nodeId, nodeId: node.nodeId }).compile());
    database.exec('commit');
    return node.nodeId;
  } finally {
    database.close();
  }
}

interface Parts {
  readonly reads: Database.Database;
  readonly writer: WriterThread;
  readonly nodeId: string;
  readonly clock: Clock;
  close(): Promise<void>;
}

function sqliteStore({ reads, writer, nodeId, clock, close }: Parts): Store {
  const memory = new RowMemory(MEMORY_BYTES);
  const sealer = new SealThread();
  const alone = (query: CompiledQuery) => writer.write([{ ...textOf(query), mustTouch: false }], []);
  const run = runOn(new Statements(reads));
  const commit = (statements: readonly ConditionalStatement[], audit: readonly NewRecord[] = []) =>
    writer.write(
      statements.map(({ query, mustTouch }) => ({ ...textOf(query.compile()), mustTouch })),
      audit,
    );
  return {
    engine: 'sqlite',
    ...rememberingReader(createReader(db, run), memory),
    memory: () => memory.counts,
    write: async (write) => {
      checkWrite(write);
      const mutations = write.mutations.map((mutation) => mutationStatement(sqliteDialect, mutation));
      const changes = changeStatements(db, write.changes, causeOf(write));
      const records = write.audit.map(newRecord);
      await writeThrough(memory, write.mutations, () => commit([...mutations, ...changes], records));
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
      const statements = repairStatements(db, repair);
      await writer.write(
        statements.map((query) => ({ ...textOf(query), mustTouch: false })),
        [],
      );
    },
    acquireLease: async (name, holder, nowMs, ttlMs) => {
      const rows = await alone(takeLease(db, { name, holder, nowMs, ttlMs }).compile());
      return leaseOf((rows as Parameters<typeof leaseOf>)[0]);
    },
    releaseLease: async (lease, holder) => {
      await alone(dropLease(db, lease, holder).compile());
    },
    ping: async () => {
      await alone(seeNode(db, { nodeId, nowMs: clock.now() }).compile());
    },
    close: async () => {
      await sealer.close();
      await close();
    },
  };
}

const textOf = ({ sql, parameters }: CompiledQuery) => ({ sql, parameters });

type Pending = { readonly resolve: (rows: readonly unknown[]) => void; readonly reject: (error: Error) => void };

/**
 * The worker thread behind promises. When it ends, its pending writes fail; the next write starts a new one. The writes
 * of one turn of the event loop go to it together.
 */
class WriterThread {
  readonly #url: URL;
  readonly #setup: WorkerSetup;
  readonly #pending = new Map<number, Pending>();
  #running: { readonly worker: Worker; readonly ready: Promise<void>; readonly gone: Promise<void> } | undefined;
  #unsent: WriteJob[] = [];
  #lastId = 0;
  #closed = false;

  constructor(url: URL, setup: WorkerSetup) {
    this.#url = url;
    this.#setup = setup;
  }

  async started(): Promise<void> {
    this.#running ??= this.#start();
    await this.#running.ready;
  }

  async write(statements: readonly WorkerStatement[], audit: readonly NewRecord[]): Promise<readonly unknown[]> {
    if (this.#closed) throw new StoreUnavailable('The store is closed');
    this.#lastId += 1;
    const job: WriteJob = { id: this.#lastId, statements, audit };
    if (this.#unsent.push(job) === 1) setImmediate(() => this.#send());
    return new Promise((resolve, reject) => this.#pending.set(job.id, { resolve, reject }));
  }

  #send(): void {
    const jobs = this.#unsent;
    if (jobs.length === 0) return;
    this.#unsent = [];
    this.#running ??= this.#start();
    this.#running.worker.postMessage(jobs satisfies WorkerRequest);
  }

  /** Commits the waiting writes first. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#send();
    this.#running?.worker.postMessage('close' satisfies WorkerRequest);
    await this.#running?.gone;
  }

  #start() {
    const worker = new Worker(this.#url, { workerData: this.#setup });
    const { promise: ready, resolve: isReady, reject: hasFailed } = Promise.withResolvers<void>();
    const { promise: gone, resolve: isGone } = Promise.withResolvers<void>();
    let failure = 'it ended';
    worker.on('message', (reply: WorkerReply) => {
      if (reply === 'ready') isReady();
      else this.#settle(reply);
    });
    worker.on('error', (error: Error) => {
      failure = error.message;
    });
    worker.on('exit', () => {
      this.#running = undefined;
      const error = new StoreUnavailable(`The SQLite writer stopped: ${failure}`);
      hasFailed(error);
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
      this.#unsent = [];
      isGone();
    });
    // Only `started` waits for `ready`; without it, a failed start must not be an unhandled rejection.
    ready.catch(() => {});
    return { worker, ready, gone };
  }

  #settle({ committed, others }: BatchResult): void {
    for (const id of committed) this.#take(id)?.resolve([]);
    for (const { id, outcome, message, fault, rows } of others) {
      const pending = this.#take(id);
      if (outcome === 'committed') pending?.resolve(rows);
      else if (outcome === 'conflict') pending?.reject(new WriteConflict(message));
      else if (outcome === 'unavailable') pending?.reject(new StoreUnavailable(message, fault));
      else pending?.reject(new Error(message));
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}
