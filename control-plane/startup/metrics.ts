/** Prometheus metrics of one process. Labels are closed sets: operation names and error codes, never identifiers. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Engines } from '../context/engines.ts';

export interface Metrics {
  readonly observe: Engines['observe'];
  readonly hsmRestarted: () => void;
  readonly expose: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** From a cached decision to a slow disk's sync. */
const BUCKETS_IN_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'keystead_requests_total',
    help: 'Requests answered, by operation and error code (OK for success).',
    labelNames: ['operation', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'keystead_request_duration_seconds',
    help: 'Time from the last byte of the request to the decided answer.',
    labelNames: ['operation'],
    buckets: BUCKETS_IN_SECONDS,
    registers,
  });
  const restarts = new Counter({
    name: 'keystead_hsm_restarts_total',
    help: 'Restarts of the HSM process.',
    registers,
  });
  return {
    observe({ operation, code, seconds }) {
      requests.inc({ operation, code });
      durations.observe({ operation }, seconds);
    },
    hsmRestarted: () => restarts.inc(),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
