/**
 * What a request costs among very many keys, against the same request among a thousand: two servers, one with each,
 * take turns under the same load. Making the keys is timed too.
 * BENCH_KEYS sets how many, BENCH_DATABASE names a PostgreSQL (postgres://…) to use instead of SQLite.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { load } from '../load/load.ts';
import { type Caller, call, prepare } from '../load/prepare.ts';
import { processorSeconds } from '../load/processor-time.ts';
import type { PreparedRequest } from '../load/request.ts';
import type { Benchmark, FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { type Closers, withClosers } from '../measure/closers.ts';
import { inTurn, type Pair } from '../measure/in-turn.ts';
import { cleanEnvironment, scripts } from '../servers/paths.ts';
import { callerOf, startKeystead } from '../servers/processes.ts';

const MANY = Number(process.env.BENCH_KEYS ?? 1_000_000);
const FEW = 1000;
const LOAD = { connections: 32, warmUpSeconds: 0.5, measuredSeconds: 2 } as const;
/** Keys that are looked at, spread evenly over all: as many on both sides, so that caches help both alike. */
const SAMPLE = 500;

const operations = ['ListKeys', 'DescribeKey', 'Encrypt', 'CreateKey'] as const;
type Operation = (typeof operations)[number];

const count = (keys: number): string => keys.toLocaleString('en-US');
const floorName = `among ${count(FEW)}`;

export const manyKeys: Benchmark = {
  name: 'many-keys',
  summary: `requests among ${count(MANY)} keys (BENCH_KEYS, BENCH_DATABASE)`,
  rounds: 7,
  lasting: true,
  long: true,
  figures: [
    {
      id: `make-${MANY}-keys-rate`,
      name: `Making ${count(MANY)} keys`,
      unit: 'keys/s',
      better: 'higher',
      floorName: `${count(FEW)} keys`,
    },
    ...operations.flatMap(figuresOf),
  ],
  prepare: () =>
    withClosers(async (closers) => {
      const few = await aSide(closers, 'few', FEW);
      const many = await aSide(closers, 'many', MANY);
      const sides = { floor: await requestsOf(few.caller, FEW), subject: await requestsOf(many.caller, MANY) };
      const making = { subject: many.keysPerSecond, floor: few.keysPerSecond };
      await measure(0, making, sides); // warms both
      return { measure: (round) => measure(round, making, sides), close: closers.close };
    }),
};

/** The number of keys is part of the id: among fewer keys it is another figure. */
function idOf(operation: Operation): string {
  return `${operation.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}-among-${MANY}-keys`;
}

type Requests = (operation: Operation) => readonly PreparedRequest[];

/** The keys are made once, so each round has the same sample of it. */
async function measure(round: number, making: Pair<number>, sides: Pair<Requests>): Promise<RoundSamples> {
  const samples: Record<string, Pair<number>> = { [`make-${MANY}-keys-rate`]: making };
  for (const operation of operations) {
    const { subject, floor } = await inTurn(round, {
      subject: () => load({ requests: sides.subject(operation), ...LOAD }),
      floor: () => load({ requests: sides.floor(operation), ...LOAD }),
    });
    const id = idOf(operation);
    samples[`${id}-rate`] = { subject: subject.requestsPerSecond, floor: floor.requestsPerSecond };
    samples[`${id}-median`] = { subject: subject.medianMs, floor: floor.medianMs };
  }
  return samples;
}

function figuresOf(operation: Operation): readonly FigureDescription[] {
  const id = idOf(operation);
  const name = `${operation} among ${count(MANY)} keys`;
  return [
    { id: `${id}-rate`, name, unit: 'requests/s', better: 'higher', floorName },
    { id: `${id}-median`, name: `${name}, median`, unit: 'ms', better: 'lower', floorName },
  ];
}

/**
 * A server with so many keys. On PostgreSQL each has a database of its own, in the server that BENCH_DATABASE names.
 */
async function aSide(closers: Closers, name: string, keys: number) {
  const named = process.env.BENCH_DATABASE ?? 'sqlite';
  const database = named === 'sqlite' ? named : new URL(name, named).href;
  const dataDir = await closers.directory();
  const keysPerSecond = await makeKeys(dataDir, database, keys);
  const server = await startKeystead(dataDir, { database });
  closers.add(server.stop);
  const caller = await callerOf(server, dataDir);
  await settled(caller);
  return { caller, keysPerSecond };
}

/** Through the whole pipeline without HTTP, in a process of its own, before the server starts. @returns keys/s */
async function makeKeys(dataDir: string, database: string, keys: number): Promise<number> {
  const child = spawn(process.execPath, [scripts.fill, dataDir, database, String(keys)], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const seconds = Number(await text(child.stdout));
  await ended;
  if (!(seconds > 0)) throw new Error(`${scripts.fill} made no keys in ${dataDir}`);
  return keys / seconds;
}

/**
 * Jobs read the log of the new keys once. Resolves when they are done: when the server's processor time stands still.
 */
async function settled({ endpoint }: Caller): Promise<void> {
  for (let before = await processorSeconds(endpoint); ; ) {
    await setTimeout(2000);
    const now = await processorSeconds(endpoint);
    if (now - before < 0.1) return;
    before = now;
  }
}

/** Requests for keys that are spread evenly over all, signed again at each call. */
async function requestsOf(caller: Caller, keys: number): Promise<Requests> {
  const ids: string[] = [];
  const markers: string[] = [];
  const every = Math.max(1, Math.floor(keys / SAMPLE));
  let seen = 0;
  for (let Marker: string | undefined; ; ) {
    const input = { Limit: Math.min(1000, keys / 10), Marker };
    const { Keys = [], NextMarker } = await call(caller, 'ListKeys', input);
    for (const { KeyId = '' } of Keys) if (seen++ % every === 0) ids.push(KeyId);
    if (NextMarker === undefined) break;
    Marker = NextMarker;
    markers.push(NextMarker);
  }
  const Plaintext = Buffer.alloc(256, 7).toString('base64');
  const prepared: Readonly<Record<Operation, () => ReturnType<Requests>>> = {
    ListKeys: () => markers.map((Marker) => prepare(caller, 'ListKeys', { Marker, Limit: 100 })),
    DescribeKey: () => ids.map((KeyId) => prepare(caller, 'DescribeKey', { KeyId })),
    Encrypt: () => ids.map((KeyId) => prepare(caller, 'Encrypt', { KeyId, Plaintext })),
    CreateKey: () => [prepare(caller, 'CreateKey', {})],
  };
  return (operation) => prepared[operation]();
}
