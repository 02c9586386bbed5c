/**
 * Group commit: many writes, one transaction, one sync. Each write that can lose a race runs in a savepoint of its own,
 * so that only that write is rolled back; no write is answered before the COMMIT that makes all of them durable. The
 * audit records of all of them are one segment of the chain.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type Database from 'better-sqlite3';
import { genesisHash } from '../../domain/audit/audit-chain.ts';
import { insertSegment, moveChainEnd } from '../queries/audit/segments.ts';
import { sqliteDialect } from '../queries/dialect.ts';
import { prepare } from '../queries/prepared.ts';
import { appendToChain, type ChainEnd, type NewRecord, type SegmentRow } from '../segments/format.ts';
import { codeOf, faultOf, openForWriting, Statements } from './sqlite-file.ts';
import type { WorkerSetup, WriteJob, WriteResult } from './sqlite-protocol.ts';

const db = sqliteDialect.queries;

interface Open {
  readonly database: Database.Database;
  readonly statements: Statements;
}

class LostRace extends Error {}

/** A write without a savepoint failed: the batch runs again, each write in one. */
class Unprotected extends Error {}

export class BatchWriter {
  readonly #setup: WorkerSetup;
  #open: Open | undefined;
  #end: ChainEnd;

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
    this.#end = { chainId: setup.chainId, sequence: 0, hash: genesisHash };
    this.#reopen();
  }

  /** Never throws: each write gets its own result. */
  commit(jobs: readonly WriteJob[]): readonly WriteResult[] {
    try {
      return this.#commitAll(jobs);
    } catch (error) {
      // The whole transaction failed: a full or broken disk. Nothing was committed, so nothing is acknowledged. After a
      // failed write or sync the connection's cached state cannot be trusted; the next batch opens a new one.
      this.close();
      const message = `SQLite could not commit: ${textOf(error)}`;
      const failure = { outcome: 'unavailable', message, rows: [], ...defined({ fault: faultOf(error) }) } as const;
      return jobs.map(({ id }) => ({ id, ...failure }));
    }
  }

  close(): void {
    try {
      this.#open?.database.close();
    } finally {
      this.#open = undefined;
    }
  }

  #reopen() {
    const database = openForWriting(this.#setup.file);
    const statements = new Statements(database);
    this.#open = { database, statements };
    const stored = database
      .prepare('select last_sequence as sequence, last_hash as hash from audit_chains where chain_id = ?')
      .get(this.#setup.chainId) as { sequence: number; hash: string } | undefined;
    if (!stored) throw new Error(`The audit chain ${this.#setup.chainId} is not in the database`);
    this.#end = { chainId: this.#setup.chainId, ...stored };
    return this.#open;
  }

  #commitAll(jobs: readonly WriteJob[]): readonly WriteResult[] {
    const open = this.#open ?? this.#reopen();
    try {
      // Appending an audit record fails only with the whole database.
      return this.#commit(open, jobs, ({ statements }) => statements.length > 0);
    } catch (error) {
      if (!(error instanceof Unprotected) || !open.database.inTransaction) throw error;
      open.database.exec('rollback');
      return this.#commit(open, jobs, () => true);
    }
  }

  #commit(
    { database, statements }: Open,
    jobs: readonly WriteJob[],
    needsSavepoint: (job: WriteJob) => boolean,
  ): readonly WriteResult[] {
    statements.run({ sql: 'begin immediate', parameters: [] });
    const results = jobs.map((job) =>
      needsSavepoint(job) ? this.#attempt(database, statements, job) : this.#append(statements, job),
    );
    const records = jobs.flatMap(({ audit }, index) => (results[index]?.outcome === 'committed' ? audit : []));
    const end = records.length > 0 ? this.#appendToChain(statements, records) : this.#end;
    statements.run({ sql: 'commit', parameters: [] });
    this.#end = end;
    return results;
  }

  #appendToChain(statements: Statements, records: readonly NewRecord[]): ChainEnd {
    const { segments, end } = appendToChain(this.#end, records);
    for (const segment of segments) statements.run(segmentInsert(segment));
    const { chainId, sequence, hash } = end;
    const fromSequence = this.#end.sequence;
    const move = moveChainEnd(db, { chainId, fromSequence, sequence, hash });
    if (statements.run(move.compile()).touched !== 1) {
      throw new Error(
        `the audit chain ${chainId} does not end at record ${fromSequence}, the last one that this server wrote`,
      );
    }
    return end;
  }

  #append(statements: Statements, job: WriteJob): WriteResult {
    try {
      return { id: job.id, outcome: 'committed', message: '', rows: this.#apply(statements, job) };
    } catch (error) {
      throw outcomeOf(error) === 'unavailable' ? error : new Unprotected(textOf(error), { cause: error });
    }
  }

  #attempt(database: Database.Database, statements: Statements, job: WriteJob): WriteResult {
    statements.run({ sql: 'savepoint job', parameters: [] });
    try {
      const rows = this.#apply(statements, job);
      statements.run({ sql: 'release job', parameters: [] });
      return { id: job.id, outcome: 'committed', message: '', rows };
    } catch (error) {
      const outcome = outcomeOf(error);
      // Some failures (a full disk, an I/O error) end the transaction by themselves:
      // https://www.sqlite.org/lang_transaction.html
      if (!database.inTransaction || outcome === 'unavailable') throw error;
      statements.run({ sql: 'rollback to job', parameters: [] });
      statements.run({ sql: 'release job', parameters: [] });
      return { id: job.id, outcome, message: textOf(error), rows: [] };
    }
  }

  #apply(statements: Statements, job: WriteJob): readonly unknown[] {
    let rows: readonly unknown[] = [];
    for (const statement of job.statements) {
      const result = statements.run(statement);
      if (statement.mustTouch && result.touched === 0) throw new LostRace('a row has changed since it was read');
      rows = result.rows;
    }
    return rows;
  }
}

const segmentInsert = prepare((row: SegmentRow) => insertSegment(db, row));

function outcomeOf(error: unknown): 'conflict' | 'refused' | 'unavailable' {
  if (error instanceof LostRace) return 'conflict';
  const code = codeOf(error);
  if (code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE') return 'conflict';
  // Plain SQLITE_ERROR, a constraint or a wrong type: the statement is at fault, not the database.
  const statementAtFault =
    code === undefined || code === 'SQLITE_ERROR' || code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_MISMATCH';
  return statementAtFault ? 'refused' : 'unavailable';
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
