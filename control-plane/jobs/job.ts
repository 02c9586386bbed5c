/** Job: an operation the clock asks for, one piece of work at a time. */
import type { HsmServices } from '../hsm/port/hsm.ts';
import type { KeyReader, StoredKey } from '../storage/port/keys.ts';
import type { StoreReader, Write } from '../storage/port/store.ts';

/** The Hsm's services that jobs use. */
export type JobServices = Pick<HsmServices, 'keyMaterial' | 'pkcs11' | 'installation'>;

/** What a job works with; it reads, and decides a write. */
export interface JobContext extends JobServices {
  readonly store: StoreReader;
  readonly nowMs: number;
  /** UUID, in the audit records of this key's write. */
  readonly requestId: string;
}

/** What to write, and a step that can run only after that write: best effort, with a write that records its result. */
export interface Decision extends Write {
  readonly finish?: () => Promise<Write>;
  /** What the log says of work whose result is a failure, instead of that it is finished. */
  readonly failure?: { readonly message: string } & Readonly<Record<string, unknown>>;
}

/** One piece of due work: one write. */
export interface Work {
  /** Identifies the work among the job's other work, also in logs; contains no secret. */
  readonly name: string;
  /** What to write for it: the change, its change-log rows and its audit records together. */
  decide(ctx: JobContext): Promise<Decision>;
}

export interface Job {
  /** For logs. */
  readonly name: string;
  /** Upkeep in every run: logged only for debugging, and not counted as work done. */
  readonly uncounted?: true;
  /** A run does at most one list of due work, and more in the next: work that never ends must not hold up other jobs. */
  readonly oncePerRun?: true;
  /** Work that is due, at most `limit` pieces. */
  due(store: StoreReader, nowMs: number, limit: number): Promise<readonly Work[]>;
}

/** A job whose work is keys. */
export interface KeyJob {
  /** For logs. */
  readonly name: string;
  /** Keys that are due, at most `limit`. */
  due(store: KeyReader, nowMs: number, limit: number): Promise<readonly StoredKey[]>;
  /** What to write for one of them: the change, its change-log rows and its audit records together. */
  decide(ctx: JobContext, key: StoredKey): Promise<Decision>;
}

export function perKey(job: KeyJob): Job {
  return {
    name: job.name,
    async due(store, nowMs, limit) {
      const keys = await job.due(store, nowMs, limit);
      return keys.map((key) => ({
        name: `${key.regional.account_id}/${key.regional.region}/${key.regional.key_id}`,
        decide: (ctx) => job.decide(ctx, key),
      }));
    },
  };
}
