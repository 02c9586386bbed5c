/** A virtual event loop: its time is the work that is done in it, so that every run has the same result. */
import {
  createFairShare,
  type FairShare,
  MAX_WAIT_MS,
  MAX_WAITING,
  PART_FOR_EXPENSIVE_REQUESTS,
  UNITS_OF_ANY_REQUEST,
} from '@keystead/control-plane/quotas/fair-share.ts';

const UNITS_PER_MS = 100_000;
const EXPENSIVE = 300_000;
const A = '111111111111';
const B = '222222222222';

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** One thread: events run one after the other, each not before its time; work moves the clock on. */
class VirtualLoop {
  nowMs = 0;
  #events: Event[] = [];

  readonly loop = {
    nowMs: () => this.nowMs,
    soon: (run: () => void) => this.at(this.nowMs, run),
    after: (ms: number, run: () => void) => this.at(this.nowMs + ms, run),
  };

  at(atMs: number, run: () => void): void {
    this.#events.push({ atMs, run });
  }

  work(units: number): void {
    this.nowMs += units / UNITS_PER_MS;
  }

  /** Until the clock is there, or nothing is left to do. */
  async runUntil(endMs: number): Promise<void> {
    while (this.nowMs < endMs) {
      const [first] = this.#events.toSorted((one, other) => one.atMs - other.atMs);
      if (!first) return;
      this.#events.splice(this.#events.indexOf(first), 1);
      this.nowMs = Math.max(this.nowMs, first.atMs);
      first.run();
      // A turn that is granted continues as a microtask, as in the pipeline.
      for (let i = 0; i < 10; i++) await undefined;
    }
  }
}

interface Client {
  readonly accountId: string;
  readonly connections: number;
  /** Beside what every request costs. */
  readonly unitsOf: (request: number) => number;
  readonly fromMs?: number;
  readonly untilMs?: number;
}

interface Served {
  requests: number;
  refused: number;
  longestWaitMs: number;
}

/** Each connection sends its next request when it has the answer, which comes 2 ms after the work. */
async function serve(share: FairShare, clock: VirtualLoop, clients: readonly Client[], endMs: number) {
  const served = new Map<string, Served>(
    clients.map(({ accountId }) => [accountId, { requests: 0, refused: 0, longestWaitMs: 0 }]),
  );
  for (const { accountId, connections, unitsOf, fromMs = 0, untilMs = endMs } of clients) {
    const seen = served.get(accountId) as Served;
    let sent = 0;
    const send = async (): Promise<void> => {
      if (clock.nowMs >= untilMs) return;
      const sentAtMs = clock.nowMs;
      const units = unitsOf(sent++);
      const canRun = (await share.turn(accountId)) ?? true;
      seen.longestWaitMs = Math.max(seen.longestWaitMs, clock.nowMs - sentAtMs);
      clock.work(UNITS_OF_ANY_REQUEST + (canRun ? units : 0));
      clock.at(clock.nowMs + 2, () => {
        share.charge(accountId, canRun ? units : 0);
        if (canRun) seen.requests += 1;
        else seen.refused += 1;
        void send();
      });
    };
    for (let i = 0; i < connections; i++) clock.at(fromMs, () => void send());
  }
  await clock.runUntil(endMs);
  return (accountId: string) => served.get(accountId) as Served;
}

const honest = (accountId: string, connections = 8): Client => ({ accountId, connections, unitsOf: () => 1000 });
const hostile: Client = { accountId: B, connections: 8, unitsOf: () => EXPENSIVE };

function open() {
  const clock = new VirtualLoop();
  return { clock, share: createFairShare(clock.loop) };
}

async function served(...clients: readonly Client[]) {
  const { clock, share } = open();
  return serve(share, clock, clients, 5000);
}

test('an account alone runs at once, whatever its requests cost', () => {
  const { share } = open();
  for (let i = 0; i < 1000; i++) {
    expect(share.turn(B)).toBeUndefined();
    share.charge(B, EXPENSIVE);
  }
});

test('an account beside a hostile one keeps more than nine tenths of its throughput', async () => {
  const alone = (await served(honest(A)))(A);
  const beside = await served(honest(A), hostile);
  expect(beside(A).requests).toBeGreaterThan(0.9 * alone.requests);
  expect(beside(A).longestWaitMs).toBeLessThan(10);
  // The hostile account goes on: its expensive requests have their part of the time.
  const part = (beside(B).requests * EXPENSIVE) / UNITS_PER_MS / 5000;
  expect(part).toBeGreaterThan(0.8 * PART_FOR_EXPENSIVE_REQUESTS);
  expect(part).toBeLessThan(1.2 * PART_FOR_EXPENSIVE_REQUESTS);
});

test('many connections, or cheap requests between the expensive ones, win nothing', async () => {
  const alone = (await served(honest(A)))(A);
  const many = await served(honest(A), { ...hostile, connections: 500 });
  expect(many(A).requests).toBeGreaterThan(0.9 * alone.requests);
  const mixed = await served(honest(A), { ...hostile, unitsOf: (i) => (i % 5 === 0 ? EXPENSIVE : 0) });
  expect(mixed(A).requests).toBeGreaterThan(0.8 * alone.requests);
});

test('accounts with cheap requests share equally, however many connections each has', async () => {
  const both = await served(honest(A, 40), honest(B, 400));
  expect(both(A).requests / both(B).requests).toBeGreaterThan(0.8);
  expect(both(A).requests / both(B).requests).toBeLessThan(1.25);
});

test('an account that was quiet does not save up, and one that was alone owes nothing', async () => {
  const { clock, share } = open();
  const late = await serve(share, clock, [honest(A, 50), { ...honest(B, 50), fromMs: 2000 }], 5000);
  const inBoth = late(B).requests;
  const alone = (await served(honest(A, 50)))(A).requests;
  expect(inBoth / (alone * 0.3)).toBeGreaterThan(0.9);
  expect(inBoth / (alone * 0.3)).toBeLessThan(1.1);
});

test('requests wait no longer than others are active', async () => {
  const { clock, share } = open();
  const result = await serve(share, clock, [{ ...honest(A), untilMs: 1000 }, hostile], 5000);
  // A second after the other account's last request, all of the time is there again.
  expect(result(B).requests).toBeGreaterThan(0.9 * ((3000 * UNITS_PER_MS) / (EXPENSIVE + UNITS_OF_ANY_REQUEST)));
});

test('a request that waited too long is refused then, and not before', async () => {
  const { clock, share } = open();
  const several = { ...hostile, connections: 500 };
  const before = await serve(share, clock, [honest(A), several], MAX_WAIT_MS);
  expect(before(B).refused).toBe(0);
  const later = open();
  const after = await serve(later.share, later.clock, [honest(A), several], MAX_WAIT_MS + 1000);
  expect(after(B).refused).toBeGreaterThan(100);
  // Those that were refused come again, and wait again.
  expect(after(B).refused).toBeLessThan(500);
});

test('beyond a thousand requests of one account that wait, the next is refused at once', async () => {
  const { share } = open();
  share.turn(A);
  for (let i = 0; i < MAX_WAITING; i++) expect(await isWaiting(share.turn(B))).toBe(true);
  expect(await share.turn(B)).toBe(false);
  expect(await isWaiting(share.turn(A))).toBe(true);
});

const isWaiting = async (turn: Promise<boolean> | undefined) => (await Promise.race([turn, nextTask()])) === 'waits';
const nextTask = async () => {
  await undefined;
  return 'waits';
};
