/** Every benchmark, in the order they run. */
import type { Benchmark } from '../measure/benchmark.ts';
import { authorization } from './authorization.ts';
import { decisionCost } from './decision-cost.ts';
import { drift } from './drift.ts';
import { encapsulation } from './encapsulation.ts';
import { encrypt } from './encrypt.ts';
import { hostileNeighbour } from './hostile-neighbour.ts';
import { keyUsage } from './key-usage.ts';
import { manyKeys } from './many-keys.ts';
import { modules } from './modules.ts';
import { plan } from './plan.ts';
import { profile } from './profile.ts';
import { providerStart } from './provider-start.ts';
import { requests } from './requests.ts';
import { serverStart } from './server-start.ts';
import { signatures } from './signatures.ts';
import { synthesis } from './synthesis.ts';

export const benchmarks: readonly Benchmark[] = [
  encrypt,
  requests,
  keyUsage,
  signatures,
  encapsulation,
  authorization,
  decisionCost,
  hostileNeighbour,
  serverStart,
  modules,
  providerStart,
  plan,
  synthesis,
  profile,
  manyKeys,
  drift,
];

/** @throws Error that lists the known names, when one is unknown. No names: all but the long ones. */
export function chooseBenchmarks(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) {
    const known = benchmarks.map(({ name }) => name).join(', ');
    throw new Error(`There is no benchmark "${unknown}". The benchmarks are ${known}.`);
  }
  return benchmarks.filter(({ name, long }) => (names.length > 0 ? names.includes(name) : !long));
}
