/** Encrypt through the whole pipeline (signature, policy, HSM process, durable audit) against a bare JSON echo. */
import { load } from '../load/load.ts';
import { prepareEncrypt } from '../load/prepare.ts';
import { processorMicrosecondsPerRequest } from '../load/processor-time.ts';
import type { LoadOrder, PreparedRequest } from '../load/request.ts';
import type { Benchmark, FigureDescription, RoundSamples } from '../measure/benchmark.ts';
import { withClosers } from '../measure/closers.ts';
import { inTurn, type Pair } from '../measure/in-turn.ts';
import { callerOf, startFloor, startKeystead } from '../servers/processes.ts';

/** A new server compiles its hot code in its first thousands of requests, which many connections send sooner. */
const LOADS = [
  { connections: 1, warmUpSeconds: 0.8, measuredSeconds: 2 },
  { connections: 32, warmUpSeconds: 1.5, measuredSeconds: 2.5 },
] as const;
const PROCESSOR_TIME_LOAD = { connections: 32, warmUpSeconds: 0, measuredSeconds: 1.5 } as const;

export const encrypt: Benchmark = {
  name: 'encrypt',
  summary: 'Encrypt through the whole pipeline, by 1 and by 32 connections',
  rounds: 7,
  lasting: false,
  figures: [...LOADS.flatMap(({ connections }) => figuresOf(connections)), processorTimeFigure()],
  prepare: () =>
    withClosers(async (closers) => {
      const dataDir = await closers.directory();
      const floor = await startFloor();
      closers.add(floor.stop);
      const server = await startKeystead(dataDir);
      closers.add(server.stop);
      const subject = await prepareEncrypt(await callerOf(server, dataDir));
      const requests = { subject, floor: { ...subject, url: floor.endpoint } };
      return { measure: (round) => measure(round, requests), close: closers.close };
    }),
};

async function measure(round: number, requests: Pair<PreparedRequest>): Promise<RoundSamples> {
  const samples: Record<string, Pair<number>> = {};
  const orderOf = (request: PreparedRequest, how: Omit<LoadOrder, 'requests'>) => ({ requests: [request], ...how });
  for (const how of LOADS) {
    const { subject, floor } = await inTurn(round, {
      subject: () => load(orderOf(requests.subject, how)),
      floor: () => load(orderOf(requests.floor, how)),
    });
    const id = `encrypt-${how.connections}`;
    samples[`${id}-rate`] = { subject: subject.requestsPerSecond, floor: floor.requestsPerSecond };
    samples[`${id}-median`] = { subject: subject.medianMs, floor: floor.medianMs };
    samples[`${id}-p99`] = { subject: subject.p99Ms, floor: floor.p99Ms };
  }
  samples['encrypt-32-processor'] = await inTurn(round, {
    subject: () => processorMicrosecondsPerRequest(orderOf(requests.subject, PROCESSOR_TIME_LOAD)),
    floor: () => processorMicrosecondsPerRequest(orderOf(requests.floor, PROCESSOR_TIME_LOAD)),
  });
  return samples;
}

function figuresOf(connections: number): readonly FigureDescription[] {
  const id = `encrypt-${connections}`;
  const name = `Encrypt, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  const floorName = 'JSON echo';
  return [
    { id: `${id}-rate`, name, unit: 'requests/s', better: 'higher', floorName },
    { id: `${id}-median`, name: `${name}, median`, unit: 'ms', better: 'lower', floorName },
    { id: `${id}-p99`, name: `${name}, p99`, unit: 'ms', better: 'lower', floorName },
  ];
}

function processorTimeFigure(): FigureDescription {
  const name = 'Encrypt, 32 connections, processor time of the API process';
  return { id: 'encrypt-32-processor', name, unit: 'µs', better: 'lower', floorName: 'JSON echo' };
}
