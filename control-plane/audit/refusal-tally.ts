/**
 * Keeps refusals from filling the audit log: of identical refusals of one principal, the first of an interval have
 * records of their own; the others are counted, and at the end of the interval one record stands for all of them: the
 * last one, with the number and the times of the first and the last.
 *
 * Refusals are identical if principal, event, Region, error code and error text are. A principal that varies them has
 * a total as well; beyond it, refusals with the same event and error code are counted together. Sessions of a role are
 * one principal, because a caller chooses the names of its sessions. See docs/decisions/0022.
 */
import type { Engines } from '../context/engines.ts';
import type { RefusalTally } from '../context/refusal-tally.ts';
import type { AuditRecord } from '../domain/audit/audit-record.ts';
import type { Store } from '../storage/port/store.ts';

export interface RefusalTallyOptions {
  readonly store: Pick<Store, 'write'>;
  readonly log: Engines['log'];
  /** Records of its own for one principal in an interval; 0: for every refusal. Identical ones get a tenth of it. */
  readonly perInterval: number;
}

export interface RunningTally extends RefusalTally {
  /**
   * Writes a record for what was counted since the last call. What cannot be written is kept for the next call.
   * @throws StoreUnavailable
   */
  flush(): Promise<void>;
  /** Counts of what is not written yet: of refusals, and of the records that will stand for them. */
  pending(): { readonly refusals: number; readonly records: number };
}

/** Identical refusals get this part of their principal's total. */
const SHARE_OF_IDENTICAL = 10;
/** In one write: a record can have tens of kilobytes. */
const RECORDS_PER_WRITE = 100;

interface Counted {
  count: number;
  readonly firstTime: string;
  /** The records of the last refusal. */
  last: readonly AuditRecord[];
}

interface Interval {
  /** Refusals with records of their own, by principal, and by identity. */
  readonly written: Map<string, number>;
  readonly counted: Map<string, Counted>;
}

const newInterval = (): Interval => ({ written: new Map(), counted: new Map() });

export function createRefusalTally({ store, perInterval }: Omit<RefusalTallyOptions, 'log'>): RunningTally {
  const identicalPerInterval = Math.max(1, Math.floor(perInterval / SHARE_OF_IDENTICAL));
  let interval = newInterval();
  /** What a failed write left over, by event and error code, so that it stays small however long writes fail. */
  let owed = new Map<string, Counted>();

  const recordsFor = (records: readonly AuditRecord[]): readonly AuditRecord[] => {
    const [own] = records;
    if (perInterval === 0 || !own) return records;
    const principal = principalOf(own);
    const total = interval.written.get(principal) ?? 0;
    if (total >= perInterval) return count(interval.counted, kindOf(own), records);
    const identity = `${kindOf(own)}\n${own.awsRegion}\n${own.errorMessage ?? ''}`;
    const identical = interval.written.get(identity) ?? 0;
    if (identical >= identicalPerInterval) return count(interval.counted, identity, records);
    interval.written.set(principal, total + 1);
    interval.written.set(identity, identical + 1);
    const isLast = identical + 1 === identicalPerInterval || total + 1 === perInterval;
    return isLast ? records.map(announcing) : records;
  };

  const flush = async (): Promise<void> => {
    const due = merged(owed, interval.counted);
    owed = new Map();
    interval = newInterval();
    const groups = [...due];
    try {
      while (groups.length > 0) {
        const group = groups.slice(0, RECORDS_PER_WRITE);
        const audit = group.flatMap(([, counted]) => counted.last.map((record) => summary(record, counted)));
        await store.write({ mutations: [], changes: [], audit });
        groups.splice(0, group.length);
      }
    } finally {
      if (groups.length > 0) owed = byKind([...owed, ...groups]);
    }
  };

  return {
    recordsFor,
    flush,
    pending() {
      const all = [...owed.values(), ...interval.counted.values()];
      return { refusals: all.reduce((sum, { count: some }) => sum + some, 0), records: all.length };
    },
  };
}

/** The tally with a clock: flushes at every interval and at the end. @param intervalMs between two flushes */
export function startRefusalTally(options: RefusalTallyOptions, intervalMs: number) {
  const tally = createRefusalTally(options);
  const flush = () =>
    tally
      .flush()
      .catch((err: unknown) =>
        options.log.error(
          { err, ...tally.pending() },
          'the records of counted refusals cannot be written now; they are kept until the next minute',
        ),
      );
  const timer = setInterval(() => void flush(), intervalMs);
  timer.unref();
  return {
    ...tally,
    /** Writes what is counted; call it when no more requests come, before the store closes. */
    async stop(): Promise<void> {
      clearInterval(timer);
      await flush();
      const lost = tally.pending();
      if (lost.refusals > 0)
        options.log.error(lost, 'counted refusals were not written to the audit log before the stop');
    },
  };
}

function count(all: Map<string, Counted>, key: string, last: readonly AuditRecord[]): readonly AuditRecord[] {
  const known = all.get(key);
  if (known) {
    known.count += 1;
    known.last = last;
  } else {
    all.set(key, { count: 1, firstTime: last[0]?.eventTime ?? '', last });
  }
  return [];
}

/** The principal: a role for all its sessions. */
function principalOf({ userIdentity, recipientAccountId }: AuditRecord): string {
  const { type, principalId, invokedBy } = userIdentity;
  const id = String(principalId ?? invokedBy ?? '');
  return JSON.stringify([recipientAccountId, type, type === 'AssumedRole' ? id.split(':', 1)[0] : id]);
}

const kindOf = (record: AuditRecord): string =>
  [principalOf(record), record.eventSource, record.eventName, record.errorCode].join('\n');

function merged(...maps: readonly ReadonlyMap<string, Counted>[]): Map<string, Counted> {
  const all = new Map<string, Counted>();
  for (const map of maps) for (const [key, counted] of map) add(all, key, counted);
  return all;
}

function byKind(entries: readonly (readonly [string, Counted])[]): Map<string, Counted> {
  const all = new Map<string, Counted>();
  for (const [key, counted] of entries) {
    const [own] = counted.last;
    add(all, own ? kindOf(own) : key, counted);
  }
  return all;
}

function add(all: Map<string, Counted>, key: string, { count: more, firstTime, last }: Counted): void {
  const known = all.get(key);
  all.set(key, { count: (known?.count ?? 0) + more, firstTime: known?.firstTime ?? firstTime, last });
}

/** After a crash, the log shows by this mark that refusals can be missing. */
const announcing = (record: AuditRecord): AuditRecord => ({
  ...record,
  additionalEventData: { ...record.additionalEventData, keysteadFurtherRefusals: 'counted' },
});

const summary = (record: AuditRecord, { count: refusals, firstTime }: Counted): AuditRecord => ({
  ...record,
  additionalEventData: {
    ...record.additionalEventData,
    keysteadRefusals: { count: refusals, firstTime, lastTime: record.eventTime },
  },
});
