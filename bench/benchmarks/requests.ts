/**
 * The requests of envelope encryption, by 32 and by 256 connections, against the promise floor (what our promises cost
 * at the least) and against a bare JSON echo.
 */
import {
  type EnvelopeOperation,
  type EnvelopeRequests,
  envelopeOperations,
  envelopeRequests,
} from '../load/envelope-requests.ts';
import { loadWithWrk, requireWrk, type WrkResult } from '../load/wrk.ts';
import type { Benchmark, FigureDescription, RoundSamples, Sample } from '../measure/benchmark.ts';
import { withClosers } from '../measure/closers.ts';
import { inRotation } from '../measure/in-rotation.ts';
import { callerOf, startFloor, startKeystead, startPromiseFloor } from '../servers/processes.ts';

const CONNECTIONS = [32, 256] as const;
const WARM_UP_SECONDS = 2;
const MEASURED_SECONDS = 3;

const sides = ['subject', 'promise', 'echo'] as const;
type Side = (typeof sides)[number];

const floorNames = { promise: 'promise floor', echo: 'JSON echo' } as const;

export const requests: Benchmark = {
  name: 'requests',
  summary: 'Encrypt, Decrypt, GenerateDataKey and DescribeKey by 32 and 256 connections, against the promise floor',
  rounds: 5,
  lasting: false,
  figures: envelopeOperations.flatMap((operation) =>
    CONNECTIONS.flatMap((connections) => figuresOf(operation, connections)),
  ),
  check: requireWrk,
  prepare: () =>
    withClosers(async (closers) => {
      const [dataDir, floorDir] = [await closers.directory(), await closers.directory()];
      const echo = await startFloor();
      closers.add(echo.stop);
      const promise = await startPromiseFloor(floorDir);
      closers.add(promise.stop);
      const subject = await startKeystead(dataDir);
      closers.add(subject.stop);
      const ours = await envelopeRequests(await callerOf(subject, dataDir));
      const prepared = {
        subject: ours,
        promise: await envelopeRequests(await callerOf(promise, floorDir)),
        echo: sentTo(echo.endpoint, ours),
      };
      return { measure: (round) => measure(round, prepared), close: closers.close };
    }),
};

function sentTo(url: string, from: EnvelopeRequests): EnvelopeRequests {
  return Object.fromEntries(
    envelopeOperations.map((operation) => [operation, { ...from[operation], url }]),
  ) as EnvelopeRequests;
}

async function measure(round: number, prepared: Readonly<Record<Side, EnvelopeRequests>>): Promise<RoundSamples> {
  const samples: Record<string, Sample> = {};
  for (const operation of envelopeOperations) {
    await loadAll(round, prepared, { operation, connections: CONNECTIONS[0], seconds: WARM_UP_SECONDS });
    for (const connections of CONNECTIONS) {
      const results = await loadAll(round, prepared, { operation, connections, seconds: MEASURED_SECONDS });
      Object.assign(samples, samplesOf(operation, connections, results));
    }
  }
  return samples;
}

interface Load {
  readonly operation: EnvelopeOperation;
  readonly connections: number;
  readonly seconds: number;
}

function loadAll(round: number, prepared: Readonly<Record<Side, EnvelopeRequests>>, { operation, ...load }: Load) {
  const workOf = (side: Side) => () => loadWithWrk({ request: prepared[side][operation], ...load });
  return inRotation(round, { subject: workOf('subject'), promise: workOf('promise'), echo: workOf('echo') });
}

function samplesOf(
  operation: EnvelopeOperation,
  connections: number,
  { subject, promise, echo }: Readonly<Record<Side, WrkResult>>,
): RoundSamples {
  const id = idOf(operation, connections);
  return {
    [`${id}-rate-promise`]: { subject: subject.requestsPerSecond, floor: promise.requestsPerSecond },
    [`${id}-rate-echo`]: { subject: subject.requestsPerSecond, floor: echo.requestsPerSecond },
    [`${id}-p99`]: { subject: subject.p99Ms, floor: promise.p99Ms },
  };
}

function idOf(operation: EnvelopeOperation, connections: number): string {
  return `${operation.toLowerCase()}-${connections}-wrk`;
}

function figuresOf(operation: EnvelopeOperation, connections: number): readonly FigureDescription[] {
  const id = idOf(operation, connections);
  const name = `${operation}, ${connections} connections of wrk`;
  const rate = { name, unit: 'requests/s', better: 'higher' } as const;
  return [
    { id: `${id}-rate-promise`, ...rate, floorName: floorNames.promise },
    { id: `${id}-rate-echo`, ...rate, floorName: floorNames.echo },
    { id: `${id}-p99`, name: `${name}, p99`, unit: 'ms', better: 'lower', floorName: floorNames.promise },
  ];
}
