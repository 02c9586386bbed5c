/**
 * The messages between a benchmark's own process and the process that runs it. The two can be of different commits: a
 * change of meaning raises the protocol's number.
 */
import type { FigureDescription, RoundSamples } from '../measure/benchmark.ts';

export const PROTOCOL = 1;

/** Printed as JSON by `bench/run/worker.ts --describe`. */
export interface Suite {
  readonly protocol: number;
  readonly benchmarks: readonly BenchmarkSummary[];
}

export interface BenchmarkSummary {
  readonly name: string;
  readonly rounds: number;
  readonly lasting: boolean;
  readonly long: boolean;
}

/** To measure this round. To end, the runner closes the channel. */
export interface Order {
  readonly measure: number;
}

export type Answer =
  | { readonly ready: readonly FigureDescription[] }
  | { readonly measured: RoundSamples }
  | { readonly failed: string };
