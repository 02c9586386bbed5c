import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  Statements,
  codeOf,
  faultOf,
  insertSegment,
  moveChainEnd,
  openForWriting,
  prepare,
  sqliteDialect
} from "./part-SBHVEHPF.js";
import {
  appendToChain
} from "./part-KMHU5SSD.js";
import "./part-YOZOMLJ4.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import {
  genesisHash
} from "./part-GJX6LNLE.js";
import "./part-YV4TI3RN.js";
import "./part-J52KMMNH.js";

// control-plane/storage/engines/sqlite-worker.ts
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";

// control-plane/storage/engines/sqlite-batch.ts
var db = sqliteDialect.queries;
var LostRace = class extends Error {
};
var Unprotected = class extends Error {
};
var BatchWriter = class {
  #setup;
  #open;
  #end;
  constructor(setup) {
    this.#setup = setup;
    this.#end = { chainId: setup.chainId, sequence: 0, hash: genesisHash };
    this.#reopen();
  }
  /** Never throws: each write gets its own result. */
  commit(jobs) {
    try {
      return this.#commitAll(jobs);
    } catch (error) {
      this.close();
      const message = `SQLite could not commit: ${textOf(error)}`;
      const failure = { outcome: "unavailable", message, rows: [], ...defined({ fault: faultOf(error) }) };
      return jobs.map(({ id }) => ({ id, ...failure }));
    }
  }
  close() {
    try {
      this.#open?.database.close();
    } finally {
      this.#open = void 0;
    }
  }
  #reopen() {
    const database = openForWriting(this.#setup.file);
    const statements = new Statements(database);
    this.#open = { database, statements };
    const stored = database.prepare("select last_sequence as sequence, last_hash as hash from audit_chains where chain_id = ?").get(this.#setup.chainId);
    if (!stored) throw new Error(`The audit chain ${this.#setup.chainId} is not in the database`);
    this.#end = { chainId: this.#setup.chainId, ...stored };
    return this.#open;
  }
  #commitAll(jobs) {
    const open = this.#open ?? this.#reopen();
    try {
      return this.#commit(open, jobs, ({ statements }) => statements.length > 0);
    } catch (error) {
      if (!(error instanceof Unprotected) || !open.database.inTransaction) throw error;
      open.database.exec("rollback");
      return this.#commit(open, jobs, () => true);
    }
  }
  #commit({ database, statements }, jobs, needsSavepoint) {
    statements.run({ sql: "begin immediate", parameters: [] });
    const results = jobs.map(
      (job) => needsSavepoint(job) ? this.#attempt(database, statements, job) : this.#append(statements, job)
    );
    const records = jobs.flatMap(({ audit }, index) => results[index]?.outcome === "committed" ? audit : []);
    const end = records.length > 0 ? this.#appendToChain(statements, records) : this.#end;
    statements.run({ sql: "commit", parameters: [] });
    this.#end = end;
    return results;
  }
  #appendToChain(statements, records) {
    const { segments, end } = appendToChain(this.#end, records);
    for (const segment of segments) statements.run(segmentInsert(segment));
    const { chainId, sequence, hash } = end;
    const fromSequence = this.#end.sequence;
    const move = moveChainEnd(db, { chainId, fromSequence, sequence, hash });
    if (statements.run(move.compile()).touched !== 1) {
      throw new Error(
        `the audit chain ${chainId} does not end at record ${fromSequence}, the last one that this server wrote`
      );
    }
    return end;
  }
  #append(statements, job) {
    try {
      return { id: job.id, outcome: "committed", message: "", rows: this.#apply(statements, job) };
    } catch (error) {
      throw outcomeOf(error) === "unavailable" ? error : new Unprotected(textOf(error), { cause: error });
    }
  }
  #attempt(database, statements, job) {
    statements.run({ sql: "savepoint job", parameters: [] });
    try {
      const rows = this.#apply(statements, job);
      statements.run({ sql: "release job", parameters: [] });
      return { id: job.id, outcome: "committed", message: "", rows };
    } catch (error) {
      const outcome = outcomeOf(error);
      if (!database.inTransaction || outcome === "unavailable") throw error;
      statements.run({ sql: "rollback to job", parameters: [] });
      statements.run({ sql: "release job", parameters: [] });
      return { id: job.id, outcome, message: textOf(error), rows: [] };
    }
  }
  #apply(statements, job) {
    let rows = [];
    for (const statement of job.statements) {
      const result = statements.run(statement);
      if (statement.mustTouch && result.touched === 0) throw new LostRace("a row has changed since it was read");
      rows = result.rows;
    }
    return rows;
  }
};
var segmentInsert = prepare((row) => insertSegment(db, row));
function outcomeOf(error) {
  if (error instanceof LostRace) return "conflict";
  const code = codeOf(error);
  if (code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "SQLITE_CONSTRAINT_UNIQUE") return "conflict";
  const statementAtFault = code === void 0 || code === "SQLITE_ERROR" || code.startsWith("SQLITE_CONSTRAINT") || code === "SQLITE_MISMATCH";
  return statementAtFault ? "refused" : "unavailable";
}
var textOf = (error) => error instanceof Error ? error.message : String(error);

// control-plane/storage/engines/sqlite-worker.ts
var JOBS_PER_BATCH = 512;
if (!parentPort) throw new Error("sqlite-worker.ts must run as a worker thread");
var port = parentPort;
var writer = new BatchWriter(workerData);
var reply = (message) => port.postMessage(message);
port.on("message", (first) => {
  let next = first;
  while (next !== void 0) {
    const jobs = [];
    while (next !== void 0 && next !== "close" && jobs.length < JOBS_PER_BATCH) {
      jobs.push(...next);
      next = waiting();
    }
    if (jobs.length > 0) reply(inBrief(writer.commit(jobs)));
    if (next === "close") {
      writer.close();
      port.close();
      return;
    }
  }
});
reply("ready");
function inBrief(results) {
  const isPlain = ({ outcome, rows }) => outcome === "committed" && rows.length === 0;
  return {
    committed: results.filter(isPlain).map(({ id }) => id),
    others: results.filter((result) => !isPlain(result))
  };
}
function waiting() {
  return receiveMessageOnPort(port)?.message;
}
