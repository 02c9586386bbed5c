/**
 * Lanes: each is one connection that runs one statement at a time and has an audit chain of its own, so every chain is
 * contiguous and writes never compete for its end. Several lanes give concurrency. Records without mutations, which
 * most requests write, wait for one of a few lanes and are committed together in one statement; a write with conditions
 * is committed alone, so that a lost race does not affect other writes' records.
 *
 * A chain belongs to one connection. When a connection breaks during a write, it is unknown whether that write was, or
 * will be, committed; so its chain is left as it is, contiguous either way, and the next connection starts a new one.
 */
import pg from 'pg';
import { genesisHash } from '../../domain/audit/audit-chain.ts';
import { StoreUnavailable, WriteConflict } from '../port/store.ts';
import { postgresDialect } from '../queries/dialect.ts';
import { startChain } from '../queries/nodes.ts';
import type { ChainEnd } from '../segments/format.ts';
import { connectionConfig, failureOf, runOn, storeErrorOf } from './postgres-connection.ts';
import { type LaneWrite, writeStatement } from './postgres-statement.ts';

const LANES = 8;
/** Fewer lanes make larger groups. */
const LANES_FOR_AUDIT_ALONE = 2;
/** Each statement adds one segment; a larger one holds up its first request. */
const RECORDS_PER_STATEMENT = 512;
const ATTEMPTS_ON_STALE_SNAPSHOT = 10;

interface Job {
  readonly write: LaneWrite;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Lanes {
  readonly #idle: Lane[];
  readonly #conditional: Job[] = [];
  readonly #auditAlone: Job[] = [];
  readonly #busy = new Set<Promise<void>>();
  #lanesWithAuditAlone = 0;
  #closed = false;

  constructor(url: string, nodeId: string) {
    let chains = 0;
    const nextChainId = () => {
      chains += 1;
      return `${nodeId}/${chains}`;
    };
    this.#idle = Array.from({ length: LANES }, () => new Lane(url, nodeId, nextChainId));
  }

  write(write: LaneWrite): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('The store is closed'));
    return new Promise((resolve, reject) => {
      const alone = write.mutations.length === 0 && write.changes.length === 0;
      (alone ? this.#auditAlone : this.#conditional).push({ write, resolve, reject });
      this.#dispatch();
    });
  }

  /** Commits the waiting writes first. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#busy.size > 0) await Promise.all(this.#busy);
    await Promise.all(this.#idle.map((lane) => lane.close()));
  }

  #dispatch(): void {
    while (this.#idle.length > 0) {
      const group = this.#nextGroup();
      const lane = group && this.#idle.pop();
      if (!group || !lane) return;
      const work = this.#run(lane, group).finally(() => {
        this.#busy.delete(work);
        this.#dispatch();
      });
      this.#busy.add(work);
    }
  }

  #nextGroup(): readonly Job[] | undefined {
    if (this.#auditAlone.length > 0 && this.#lanesWithAuditAlone < LANES_FOR_AUDIT_ALONE) {
      return takeGroup(this.#auditAlone);
    }
    const job = this.#conditional.shift();
    return job && [job];
  }

  async #run(lane: Lane, group: readonly Job[]): Promise<void> {
    const [first, ...others] = group;
    if (!first) return;
    const alone = first.write.mutations.length === 0 && first.write.changes.length === 0;
    if (alone) this.#lanesWithAuditAlone += 1;
    const records = others.flatMap((job) => job.write.audit);
    try {
      await lane.commit({ ...first.write, audit: [...first.write.audit, ...records] });
      for (const job of group) job.resolve();
    } catch (error) {
      for (const job of group) job.reject(error);
    } finally {
      if (alone) this.#lanesWithAuditAlone -= 1;
      this.#idle.push(lane);
    }
  }
}

function takeGroup(waiting: Job[]): readonly Job[] {
  let records = 0;
  const over = waiting.findIndex((job, index) => {
    records += job.write.audit.length;
    return index > 0 && records > RECORDS_PER_STATEMENT;
  });
  return waiting.splice(0, over < 0 ? waiting.length : over);
}

interface Open {
  readonly client: pg.Client;
  end: ChainEnd;
  warning: string | undefined;
}

class Lane {
  readonly #url: string;
  readonly #nodeId: string;
  readonly #nextChainId: () => string;
  #open: Open | undefined;

  constructor(url: string, nodeId: string, nextChainId: () => string) {
    this.#url = url;
    this.#nodeId = nodeId;
    this.#nextChainId = nextChainId;
  }

  async commit(write: LaneWrite): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS_ON_STALE_SNAPSHOT; attempt += 1) {
      try {
        return await this.#attempt(write);
      } catch (error) {
        const failure = failureOf(error);
        if (failure === 'connection' || failure === 'chain-moved') await this.close();
        if (failure !== 'stale-snapshot') throw storeErrorOf(error);
      }
    }
    throw new WriteConflict('Other changes were committed first, in every attempt');
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.client.end().catch(() => {});
  }

  async #attempt(write: LaneWrite): Promise<void> {
    this.#open ??= await this.#connect();
    const open = this.#open;
    open.warning = undefined;
    const { query, end } = writeStatement(write, open.end);
    await runOn(open.client, query);
    open.end = end;
    // When the wait for the synchronous standby is cancelled, the commit "succeeds" with a warning: it is durable on
    // this server, but not on the configured quorum. (PostgreSQL source, syncrep.c, SyncRepWaitForLSN.)
    if (open.warning !== undefined) {
      await this.close();
      throw new StoreUnavailable(`PostgreSQL warned about the commit: ${open.warning}`);
    }
  }

  async #connect(): Promise<Open> {
    const client = new pg.Client(connectionConfig(this.#url));
    const chainId = this.#nextChainId();
    const open: Open = { client, end: { chainId, sequence: 0, hash: genesisHash }, warning: undefined };
    client.on('error', () => {
      if (this.#open === open) this.#open = undefined;
    });
    client.on('notice', (notice) => {
      if (notice.severity === 'WARNING') open.warning = notice.message;
    });
    await client.connect();
    try {
      await runOn(client, startChain(postgresDialect.queries, { chainId, nodeId: this.#nodeId }).compile());
      return open;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }
}
