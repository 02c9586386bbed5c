/**
 * Where the processor time of a request goes: microseconds by part of the server, from CPU profiles of its threads and
 * the processor time that Linux counts for each, in units of what a bare JSON echo takes in the same round.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { envelopeRequests } from '../load/envelope-requests.ts';
import type { PreparedRequest } from '../load/request.ts';
import { hsmProcesses, processSeconds, type ThreadTimes, threadSeconds } from '../load/threads.ts';
import { loadWithWrk, requireWrk } from '../load/wrk.ts';
import type { Benchmark, FigureDescription, RoundSamples, Sample } from '../measure/benchmark.ts';
import { withClosers } from '../measure/closers.ts';
import { type CpuProfile, monotonicMicroseconds, partsOf, type Span } from '../measure/cpu-profile.ts';
import { type BenchServer, callerOf, startFloor, startKeystead } from '../servers/processes.ts';
import { partOf, parts, threads } from './profile-parts.ts';

const CONNECTIONS = 32;
/** V8 compiles hot code in the first ten thousands of requests. */
const WARM_UP_SECONDS = 8;
const MEASURED_SECONDS = 5;
const SAMPLING_MICROSECONDS = 500;

const operations = ['Encrypt', 'DescribeKey'] as const;
type Operation = (typeof operations)[number];

export const profile: Benchmark = {
  name: 'profile',
  summary: 'where the processor time of an Encrypt and of a DescribeKey goes, by part of the server',
  rounds: 3,
  lasting: false,
  long: true,
  figures: operations.flatMap(figuresOf),
  check: requireWrk,
  prepare: () =>
    withClosers(async (closers) => ({
      measure: async () => {
        const samples: Record<string, Sample> = {};
        for (const operation of operations) Object.assign(samples, await measure(operation, await closers.directory()));
        return samples;
      },
      close: closers.close,
    })),
};

async function measure(operation: Operation, dataDir: string): Promise<RoundSamples> {
  const others = await hsmProcesses();
  const server = await startKeystead(dataDir, { nodeFlags: profiled(dataDir) });
  let measured: Measured;
  let echoMicroseconds: number;
  try {
    const request = (await envelopeRequests(await callerOf(server, dataDir)))[operation];
    const [hsm = 0] = (await hsmProcesses()).filter((pid) => !others.includes(pid));
    await loadWithWrk({ request, connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
    measured = await loaded(request, server, hsm);
    echoMicroseconds = await echoTime(request);
  } finally {
    // A profile is written when its thread ends.
    await server.stop();
  }
  const { times, requests, span, hsmSeconds } = measured;
  const perRequest = (seconds: number): Sample => ({ subject: (seconds * 1e6) / requests, floor: echoMicroseconds });
  const main = await mainProfile(dataDir);
  const shares = partsOf(main, span, partOf);
  const sampled = [...shares.values()].reduce((sum, microseconds) => sum + microseconds, 0);
  return Object.fromEntries([
    ...parts.map(({ id, name }) => [
      `${operation}-${id}`,
      perRequest((times.main * (shares.get(name) ?? 0)) / sampled),
    ]),
    [`${operation}-workers`, perRequest(times.workers)],
    [`${operation}-platform`, perRequest(times.platform)],
    [`${operation}-hsm-process`, perRequest(hsmSeconds)],
    [`${operation}-all`, perRequest(times.main + times.workers + times.platform + hsmSeconds)],
  ]);
}

/** A process under Node's permission model can be profiled only with the inspector allowed. */
const profiled = (directory: string): readonly string[] => [
  '--allow-inspector',
  '--cpu-prof',
  `--cpu-prof-dir=${directory}`,
  `--cpu-prof-interval=${SAMPLING_MICROSECONDS}`,
];

interface Measured {
  readonly span: Span;
  readonly requests: number;
  readonly times: ThreadTimes;
  readonly hsmSeconds: number;
}

async function loaded(request: PreparedRequest, { pid }: BenchServer, hsm: number): Promise<Measured> {
  const [from, before, hsmBefore] = [monotonicMicroseconds(), await threadSeconds(pid), await processSeconds(hsm)];
  const { requestsPerSecond } = await loadWithWrk({ request, connections: CONNECTIONS, seconds: MEASURED_SECONDS });
  const [to, after, hsmAfter] = [monotonicMicroseconds(), await threadSeconds(pid), await processSeconds(hsm)];
  const times = {
    main: after.main - before.main,
    workers: after.workers - before.workers,
    platform: after.platform - before.platform,
  };
  return {
    span: { from, to },
    requests: requestsPerSecond * MEASURED_SECONDS,
    times,
    hsmSeconds: hsmAfter - hsmBefore,
  };
}

/** Microseconds of processor time for one request. */
async function echoTime(request: PreparedRequest): Promise<number> {
  const echo = await startFloor();
  try {
    const toEcho = { ...request, url: echo.endpoint };
    await loadWithWrk({ request: toEcho, connections: CONNECTIONS, seconds: 2 });
    const before = await processSeconds(echo.pid);
    const { requestsPerSecond } = await loadWithWrk({ request: toEcho, connections: CONNECTIONS, seconds: 3 });
    return (((await processSeconds(echo.pid)) - before) * 1e6) / (requestsPerSecond * 3);
  } finally {
    await echo.stop();
  }
}

/** Of the main thread, which is number 0 in the file's name; the program before the server's also wrote one. */
async function mainProfile(directory: string): Promise<CpuProfile> {
  const files = (await readdir(directory))
    .filter((file) => /^CPU\.\d+\.\d+\.\d+\.0\.\d+\.cpuprofile$/.test(file))
    .sort();
  const last = files.at(-1);
  if (last === undefined) throw new Error(`The server wrote no CPU profile into ${directory}.`);
  return JSON.parse(await readFile(join(directory, last), 'utf8')) as CpuProfile;
}

function figuresOf(operation: Operation): readonly FigureDescription[] {
  const floorName = 'JSON echo';
  const figure = (id: string, name: string): FigureDescription => ({
    id: `${operation}-${id}`,
    name: `${operation}, ${name}`,
    unit: 'µs of processor time',
    better: 'lower',
    floorName,
  });
  const all = [...parts, ...threads];
  const sum = all.reduce((total, { goal }) => total + goal, 0);
  return [
    ...all.map(({ id, name, goal }) => figure(id, `${name} (goal for an Encrypt ${goal})`)),
    figure('all', `together (goal for an Encrypt ${sum.toFixed(1)})`),
  ];
}
