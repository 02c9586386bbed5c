/** Drift from end to end: read what runs, compare, look up the cause of each difference. */
import { type Connection, type ConnectionOptions, connect } from '../shared/connection.ts';
import { findCause } from './findings/cause.ts';
import { type CompareOptions, compareAll, type Difference } from './findings/compare.ts';
import type { Comparison, Finding } from './findings/finding.ts';
import { readActual } from './running/actual.ts';
import { readEvents } from './running/events.ts';
import type { DeclaredResource } from './states/declared.ts';
import type { ReadStack } from './states/read-stacks.ts';

/**
 * Stacks of the same control plane and credentials are compared together, because one can declare what belongs to a key
 * of another.
 */
export async function compareStacks(
  stacks: readonly ReadStack[],
  options: ConnectionOptions,
  compare: CompareOptions,
): Promise<Comparison> {
  const groups = Map.groupBy(stacks, ({ stack: { endpoint, profile } }) => JSON.stringify([endpoint, profile]));
  const found = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [{ stack } = { stack: options }] = group;
      const connection = await connect({ ...options, ...stack });
      const resources = group.flatMap(({ resources }) => resources);
      return findDrift(resources, connection, compare);
    }),
  );
  const sum = (count: (stack: ReadStack) => number) => stacks.reduce((total, stack) => total + count(stack), 0);
  return {
    resources: sum(({ resources }) => resources.length),
    findings: found.flat(),
    ofOtherProviders: sum(({ ofOtherProviders }) => ofOtherProviders),
  };
}

async function findDrift(
  declared: readonly DeclaredResource[],
  connection: Connection,
  options: CompareOptions,
): Promise<readonly Finding[]> {
  const differences = compareAll(declared, await readActual(declared, connection), options);
  const log = readEvents(connection);
  return Promise.all(
    differences.map(async (difference) => ({ ...shown(difference), ...(await findCause(log, difference)) })),
  );
}

/** Values that Terraform hides stay hidden; the difference is shown. */
function shown({ isSensitive, ...difference }: Difference): Finding {
  if (!isSensitive) return difference;
  const { declared, actual, details, ...rest } = difference;
  const hide = (value: unknown) => (value === undefined ? undefined : '(sensitive value)');
  return { ...rest, declared: hide(declared), actual: hide(actual) };
}
