/**
 * Shares the event loop between accounts, because one thread of the process decides for all of them.
 *
 * As long as one account sends requests, they run at once. When several do, requests wait in a queue for each account,
 * and each turn of the event loop starts a few: those of the account that has cost least (start-time fair queueing; an
 * account that had nothing to do does not save up). What a request costs is known only after it, so its account pays
 * with the next ones. Work beyond what honest requests cost holds the whole loop while it is done, also in the gaps
 * that other accounts leave; so it also moves the account's next request away, until such work takes a fortieth of
 * the time. A request is delayed, not refused, unless it has waited for many seconds: an answer at once would be the
 * next request at once.
 * Source: P. Goyal, H. M. Vin, H. Cheng, "Start-time Fair Queuing", SIGCOMM 1996.
 *
 * Costs are counted, in the units of decisions (policy/effort.ts), and not measured: a busy machine changes nothing.
 */

export interface FairShare {
  /**
   * Asks for a turn, once for each request of a known account; `charge` must follow.
   * @returns undefined: it can run now; otherwise whether it can, which is known in its turn. It cannot after it waited
   * too long behind its account's other requests.
   */
  turn(accountId: string): Promise<boolean> | undefined;
  /** The request is over. @param units what it cost beside what every request costs */
  charge(accountId: string, units: number): void;
}

/** Time and turns of the event loop; a test has its own. */
export interface Loop {
  /** Milliseconds of a clock that never steps. */
  readonly nowMs: () => number;
  /** In the next turn. */
  readonly soon: (run: () => void) => void;
  readonly after: (ms: number, run: () => void) => void;
}

const eventLoop: Loop = {
  nowMs: () => performance.now(),
  soon: (run) => void setImmediate(run),
  after: (ms, run) => void setTimeout(run, ms).unref(),
};

/** How long after a request its account still counts as one of several. */
const ACTIVE_MS = 1000;
/** What every request costs: HTTP, signature, validation, the answers of the HSM and the store. */
export const UNITS_OF_ANY_REQUEST = 15_000;
/** Started in one turn of the loop. */
const UNITS_PER_TURN = 4 * UNITS_OF_ANY_REQUEST;
/** What honest requests do not cost beside that. */
export const UNITS_OF_HONEST_REQUEST = 30_000;
/** Ten nanoseconds. */
const MS_PER_UNIT = 1e-5;
/** The part of the time that an account's expensive requests can take while others are active. */
export const PART_FOR_EXPENSIVE_REQUESTS = 1 / 40;
/** How fast an account's next request is expected to be cheap again. */
const FORGETTING = 0.1;
export const MAX_WAIT_MS = 20_000;
export const MAX_WAITING = 1000;
/** Beyond this number, accounts that owe nothing are forgotten. */
const REMEMBERED_ACCOUNTS = 10_000;

interface Account {
  /** Units, on the common scale of all accounts. */
  used: number;
  /** Units of its next request beside UNITS_OF_ANY_REQUEST, as it seems. */
  expected: number;
  /** Started, and not over. */
  running: number;
  /** An expensive request can start then. */
  readyAtMs: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  readonly sinceMs: number;
  readonly answer: (canRun: boolean) => void;
}

export function createFairShare(loop: Loop = eventLoop): FairShare {
  const accounts = new Map<string, Account>();
  const queued = new Set<Account>();
  /** What the account had used that started last: nobody begins below it. */
  let floor = 0;
  let latest: { readonly accountId: string; readonly atMs: number } | undefined;
  let severalUntilMs = Number.NEGATIVE_INFINITY;
  let isDue = false;
  let timerAtMs = Number.POSITIVE_INFINITY;

  const noteActive = (accountId: string, nowMs: number): void => {
    if (latest && latest.accountId !== accountId && nowMs - latest.atMs < ACTIVE_MS) severalUntilMs = nowMs + ACTIVE_MS;
    latest = { accountId, atMs: nowMs };
  };
  const accountOf = (accountId: string, nowMs: number): Account => {
    const known = accounts.get(accountId);
    if (known) return known;
    if (accounts.size >= REMEMBERED_ACCOUNTS) forgetIdle(accounts, nowMs);
    const account = { used: floor, expected: 0, running: 0, readyAtMs: 0, waiting: [] };
    accounts.set(accountId, account);
    return account;
  };
  const noteStart = (account: Account): void => {
    account.used = Math.max(account.used, floor);
    floor = account.used;
    account.used += UNITS_OF_ANY_REQUEST;
    account.running += 1;
  };
  const startSome = (): void => {
    const nowMs = loop.nowMs();
    for (const account of queued) refuseLongWaiting(account, nowMs);
    for (let units = 0; units < UNITS_PER_TURN; ) {
      const next = leastUsed(queued, nowMs, severalUntilMs);
      if (!next) break;
      units += UNITS_OF_ANY_REQUEST + next.expected;
      noteStart(next);
      next.waiting.shift()?.answer(true);
      if (next.waiting.length === 0) queued.delete(next);
    }
    for (const account of queued) startLater(account, nowMs);
  };
  const refuseLongWaiting = (account: Account, nowMs: number): void => {
    const { waiting } = account;
    while (waiting[0] && nowMs - waiting[0].sinceMs > MAX_WAIT_MS) {
      account.running += 1;
      waiting.shift()?.answer(false);
    }
    if (waiting.length === 0) queued.delete(account);
  };
  const startLater = (account: Account, nowMs: number): void => {
    if (isDue || mustFinishFirst(account, nowMs, severalUntilMs)) return;
    const atMs = startsAtMs(account, severalUntilMs);
    if (atMs <= nowMs) {
      isDue = true;
      loop.soon(() => {
        isDue = false;
        startSome();
      });
    } else if (atMs < timerAtMs) {
      timerAtMs = atMs;
      loop.after(Math.ceil(atMs - nowMs), () => {
        timerAtMs = Number.POSITIVE_INFINITY;
        startSome();
      });
    }
  };
  return {
    turn(accountId) {
      const nowMs = loop.nowMs();
      noteActive(accountId, nowMs);
      const account = accountOf(accountId, nowMs);
      if (nowMs >= severalUntilMs && queued.size === 0) {
        noteStart(account);
        return undefined;
      }
      if (account.waiting.length >= MAX_WAITING) {
        account.running += 1;
        return Promise.resolve(false);
      }
      return new Promise((answer) => {
        account.waiting.push({ sinceMs: nowMs, answer });
        queued.add(account);
        startLater(account, nowMs);
      });
    },
    charge(accountId, units) {
      const nowMs = loop.nowMs();
      const account = accountOf(accountId, nowMs);
      account.used += units;
      account.running = Math.max(0, account.running - 1);
      account.expected = Math.max(units, account.expected + (units - account.expected) * FORGETTING);
      if (isExpensive(units)) account.readyAtMs = Math.max(account.readyAtMs, nowMs) + paceMs(units);
      if (account.waiting.length > 0) startLater(account, nowMs);
    },
  };
}

const isExpensive = (units: number) => units > UNITS_OF_HONEST_REQUEST;

/** How far an expensive request moves the next one away. */
const paceMs = (units: number) => (units * MS_PER_UNIT) / PART_FOR_EXPENSIVE_REQUESTS;

/** When nobody else is active any more, nobody has to wait. */
const startsAtMs = ({ readyAtMs }: Account, severalUntilMs: number) => Math.min(readyAtMs, severalUntilMs);

/** What an expensive request cost is known when it is over: the account's next one waits for that. */
const mustFinishFirst = ({ expected, running }: Account, nowMs: number, severalUntilMs: number) =>
  isExpensive(expected) && running > 0 && nowMs < severalUntilMs;

function leastUsed(queued: ReadonlySet<Account>, nowMs: number, severalUntilMs: number): Account | undefined {
  let least: Account | undefined;
  for (const account of queued) {
    if (least && account.used >= least.used) continue;
    if (startsAtMs(account, severalUntilMs) > nowMs || mustFinishFirst(account, nowMs, severalUntilMs)) continue;
    least = account;
  }
  return least;
}

function forgetIdle(accounts: Map<string, Account>, nowMs: number): void {
  for (const [accountId, { waiting, running, readyAtMs }] of accounts) {
    if (waiting.length === 0 && running === 0 && readyAtMs <= nowMs) accounts.delete(accountId);
  }
}
