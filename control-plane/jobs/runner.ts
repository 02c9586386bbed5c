/**
 * Runs the jobs. Every node tries at each interval, and one lease lets one of them work. Each write requires that the
 * lease is unchanged, so a node that lost it without noticing cannot commit. A failure stops only its own piece of
 * work, which stays due and is tried again at the next interval.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.ts';
import { type Lease, type Mutation, type Store, WriteConflict } from '../storage/port/store.ts';
import type { Xks } from '../xks/port/xks.ts';
import { arrangeAuditLog } from './arrange.ts';
import { auditJobs } from './audit.ts';
import type { AuditSettings } from './audit-settings.ts';
import { connectKeyStores } from './connect.ts';
import { deleteDueKeys } from './delete.ts';
import { expireIdempotencyKeys, forgetIdentityTokens } from './expire.ts';
import { expireImportedMaterial } from './expire-material.ts';
import { type Decision, type Job, type JobServices, perKey, type Work } from './job.ts';
import { readKeyUsage } from './read-usage.ts';
import { type RootKeySettings, rootKeyJobs } from './root-key.ts';
import { rotateDueKeys } from './rotate.ts';

export interface JobEngines extends JobServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names this node in the lease, for people; the process id is added to it. */
  readonly nodeId: string;
  /** How often every job looks for work. */
  readonly intervalMs: number;
  /** Absent: custom key stores are not connected. */
  readonly xks?: Xks;
  /** Absent: the jobs of the audit log do not run. */
  readonly audit?: AuditSettings;
  /** Absent: the root key is not rotated. */
  readonly rootKey?: RootKeySettings;
}

export interface JobRun {
  /** False when another process holds the lease. */
  readonly held: boolean;
  readonly done: number;
  readonly failed: number;
}

export interface Jobs {
  /** Starts a run soon, unless one is about to start. */
  wake(): void;
  /** Runs every job once, after the current run. */
  runOnce(): Promise<JobRun>;
  /** Starts no more runs, waits for the current one, releases the lease. */
  stop(): Promise<void>;
}

const jobs: readonly Job[] = [
  perKey(rotateDueKeys),
  perKey(deleteDueKeys),
  expireImportedMaterial,
  expireIdempotencyKeys,
  forgetIdentityTokens,
  readKeyUsage,
];

/** Records that are not arranged are slower to look up, so they wait only this long. */
const ARRANGE_INTERVAL_MS = 1000;
const LEASE_NAME = 'jobs';
const MIN_LEASE_MS = 60_000;
const WORK_PER_READ = 100;
const JOBS_FAILED =
  'the jobs stopped: reading the lease or the due work failed; they are tried again at the next interval';

export function startJobs(engines: JobEngines): Jobs {
  const holder = `${engines.nodeId}/${process.pid}/${randomUUID()}`;
  let underWay: Promise<unknown> = Promise.resolve();
  let stopped = false;
  const timers = new Map<() => Promise<unknown>, NodeJS.Timeout>();

  const run = (list: readonly Job[]): Promise<JobRun> => {
    const started = underWay.then(() => runJobs(engines, holder, list));
    underWay = started.catch(() => undefined);
    return started;
  };
  // Made once: wrapping again goes on in the next run.
  const ofRootKey = engines.rootKey ? rootKeyJobs(engines.rootKey) : [];
  const arrange = arrangeAuditLog(engines.store);
  const runOnce = () => run([...ofKeys(engines), ...ofAuditLog(engines), arrange, ...ofRootKey]);
  /** Checkpoints and deliveries that are due more often than the other jobs look for work. */
  const runAudit = () => run(ofAuditLog(engines));
  /** Takes the lease only when there is something to do. */
  const runArrange = async () => {
    const due = await arrange.due(engines.store, engines.clock.now(), 1);
    if (due.length > 0 && !stopped) await run([arrange]);
  };
  const schedule = (work: () => Promise<unknown>, everyMs: number): void => {
    if (!stopped) timers.set(work, setTimeout(repeat, everyMs, work, everyMs).unref());
  };
  const repeat = async (work: () => Promise<unknown>, everyMs: number): Promise<void> => {
    await work().catch((err) => engines.log.error({ err }, JOBS_FAILED));
    schedule(work, everyMs);
  };
  void repeat(runOnce, engines.intervalMs);
  const { checkpointIntervalMs = Number.POSITIVE_INFINITY } = engines.audit ?? {};
  if (checkpointIntervalMs < engines.intervalMs) schedule(runAudit, checkpointIntervalMs);
  schedule(runArrange, ARRANGE_INTERVAL_MS);

  let woken = false;
  const wake = () => {
    if (woken || stopped) return;
    woken = true;
    void underWay.then(() => {
      woken = false;
      if (!stopped) runOnce().catch((err) => engines.log.error({ err }, JOBS_FAILED));
    });
  };

  return {
    runOnce,
    wake,
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await underWay;
      await releaseLease(engines, holder);
    },
  };
}

const ofKeys = ({ xks }: JobEngines): readonly Job[] => [...(xks ? [connectKeyStores(xks)] : []), ...jobs];
const ofAuditLog = ({ store, audit }: JobEngines): readonly Job[] => (audit ? auditJobs(store, audit) : []);

async function runJobs(engines: JobEngines, holder: string, list: readonly Job[]): Promise<JobRun> {
  const total = { held: true, done: 0, failed: 0 };
  for (const job of list) {
    const run = await runJob(engines, holder, job);
    if (!run.held) return { ...total, held: false };
    total.done += run.done;
    total.failed += run.failed;
  }
  return total;
}

/** Runs until no work is due except what failed in this run. */
async function runJob(engines: JobEngines, holder: string, job: Job): Promise<JobRun> {
  const failed = new Set<string>();
  let done = 0;
  for (;;) {
    const lease = await acquireLease(engines, holder);
    if (!lease) return { held: false, done, failed: failed.size };
    const due = await job.due(engines.store, engines.clock.now(), WORK_PER_READ + failed.size);
    const left = due.filter(({ name }) => !failed.has(name));
    if (left.length === 0) return { held: true, done, failed: failed.size };
    for (const work of left) {
      if (await perform(engines, job, lease, work)) done += job.uncounted ? 0 : 1;
      else failed.add(work.name);
    }
    if (job.oncePerRun) return { held: true, done, failed: failed.size };
  }
}

/** @returns whether the work was done; a failure is logged. */
async function perform(engines: JobEngines, job: Job, lease: Lease, work: Work): Promise<boolean> {
  const requestId = randomUUID();
  const about = { job: job.name, work: work.name, requestId };
  try {
    const { store, keyMaterial, pkcs11, installation, clock } = engines;
    const services = { keyMaterial, pkcs11, installation };
    const { finish, failure, ...write } = await work.decide({ store, ...services, nowMs: clock.now(), requestId });
    await store.write({ ...write, mutations: [fence(lease), ...write.mutations] });
    if (finish) await store.write(await finish());
    if (failure) logFailure(engines, about, failure);
    else engines.log[job.uncounted ? 'debug' : 'info'](about, 'the job finished its work');
    return true;
  } catch (err) {
    if (err instanceof WriteConflict) {
      engines.log.info(
        about,
        'the lease or the rows of the work changed meanwhile; the job tries again at the next interval',
      );
    } else {
      engines.log.error({ ...about, err }, 'the job failed at this work and tries it again at the next interval');
    }
    return false;
  }
}

/** The failure's own request id, if it has one, is that of the request that asked for the work. */
function logFailure({ log }: JobEngines, about: object, { message, ...found }: NonNullable<Decision['failure']>): void {
  log.warn({ ...about, ...found }, message);
}

/** Makes the write fail unless the lease is as this process took it. */
function fence(lease: Lease): Mutation {
  return { op: 'require', table: 'leases', key: { name: lease.name }, revision: lease.revision };
}

/** Long enough that a run between two intervals keeps it, short enough that a dead node's work is soon taken over. */
function acquireLease({ store, clock, intervalMs }: JobEngines, holder: string): Promise<Lease | undefined> {
  return store.acquireLease(LEASE_NAME, holder, clock.now(), Math.max(MIN_LEASE_MS, 3 * intervalMs));
}

async function releaseLease(engines: JobEngines, holder: string): Promise<void> {
  const lease = await acquireLease(engines, holder).catch(() => undefined);
  if (lease) await engines.store.releaseLease(lease, holder).catch(() => undefined);
}
