/**
 * Prometheus metrics of one process. Labels are closed sets: operation names and error codes, never identifiers; but
 * those of drift reports name their stacks (drift-metrics.ts).
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Engines } from '../context/engines.ts';
import type { MemoryCounts } from '../storage/port/store.ts';
import { type ReadDriftReports, registerDriftReports } from './drift-metrics.ts';

export interface Metrics {
  readonly observe: Engines['observe'];
  readonly decisionTooCostly: () => void;
  readonly hsmRestarted: () => void;
  readonly connectionOpened: () => void;
  readonly connectionClosed: () => void;
  readonly connectionRefused: (limit: 'address' | 'all') => void;
  readonly connectionNotRead: () => void;
  /** The generation in use, and how many secrets it still has to wrap. */
  readonly rootKeySeen: (rootKey: { readonly generation: number; readonly secretsToRewrap: number }) => void;
  /** Look-ups that the store answers from memory; read whenever the metrics are. */
  readonly watchMemory: (counts: () => MemoryCounts) => void;
  /** The last drift report of each stack; read whenever the metrics are. */
  readonly watchDriftReports: (read: ReadDriftReports) => void;
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
  const tooCostly = new Counter({
    name: 'keystead_decisions_too_costly_total',
    help: 'Requests refused because their policies cost too much to evaluate.',
    registers,
  });
  const restarts = new Counter({
    name: 'keystead_hsm_restarts_total',
    help: 'Restarts of the HSM process.',
    registers,
  });
  const generation = new Gauge({
    name: 'keystead_root_key_generation',
    help: 'Generation of the root key that wraps everything new.',
    registers,
  });
  const toRewrap = new Gauge({
    name: 'keystead_root_key_secrets_to_rewrap',
    help: 'Secrets that an older generation of the root key still wraps.',
    registers,
  });
  const connections = new Gauge({ name: 'keystead_connections', help: 'Open connections of clients.', registers });
  const refused = new Counter({
    name: 'keystead_connections_refused_total',
    help: 'Connections refused because of the limit for one address, or for all.',
    labelNames: ['limit'],
    registers,
  });
  const notRead = new Counter({
    name: 'keystead_connections_not_read_total',
    help: 'Connections closed because their client did not read the answers.',
    registers,
  });
  return {
    observe({ operation, code, seconds }) {
      requests.inc({ operation, code });
      durations.observe({ operation }, seconds);
    },
    decisionTooCostly: () => tooCostly.inc(),
    hsmRestarted: () => restarts.inc(),
    connectionOpened: () => connections.inc(),
    connectionClosed: () => connections.dec(),
    connectionRefused: (limit) => refused.inc({ limit }),
    connectionNotRead: () => notRead.inc(),
    rootKeySeen: (rootKey) => {
      generation.set(rootKey.generation);
      toRewrap.set(rootKey.secretsToRewrap);
    },
    watchMemory: (counts) => registerMemory(registry, counts),
    watchDriftReports: (read) => registerDriftReports(registry, read),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function registerMemory(registry: Registry, counts: () => MemoryCounts): void {
  const registers = [registry];
  const totals = {
    hits: ['keystead_store_memory_hits_total', 'Look-ups that the store answered from memory.'],
    misses: ['keystead_store_memory_misses_total', 'Look-ups of that kind that read the database.'],
    evictions: ['keystead_store_memory_evictions_total', 'Answers that the store forgot for want of room.'],
  } as const;
  for (const [count, [name, help]] of Object.entries(totals)) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(counts()[count as keyof typeof totals]);
      },
    });
  }
  new Gauge({
    name: 'keystead_store_memory_bytes',
    help: 'About how much the answers take that the store remembers.',
    registers,
    collect() {
      this.set(counts().sizeInBytes);
    },
  });
}
