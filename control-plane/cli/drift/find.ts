/** Drift from end to end: read what runs, compare, look up the cause of each difference. */
import { createHash } from 'node:crypto';
import { defined } from '@keystead/provider-schema/defined.ts';
import { type Connection, type ConnectionOptions, connect } from '../shared/connection.ts';
import { readAccess } from './findings/access.ts';
import { findCause } from './findings/cause.ts';
import { type CompareOptions, compareAll, type Difference } from './findings/compare.ts';
import type { Comparison, Finding } from './findings/finding.ts';
import { severities, severityOf } from './findings/severity.ts';
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
    findings: found.flat().sort(bySeverity),
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
  const accessOf = readAccess(connection);
  return Promise.all(
    differences.map(async (difference): Promise<Finding> => {
      const [access, cause] = await Promise.all([accessOf(difference), findCause(log, difference)]);
      const severity = severityOf(difference, access);
      return { id: idOf(difference), severity, ...shown(difference), ...defined({ access }), ...cause };
    }),
  );
}

/** The same for the same difference in every run: of what it is about, and not of its values. */
function idOf({ resourceArn, attribute, what, grantId = '' }: Difference): string {
  const name = JSON.stringify([resourceArn, attribute, what, grantId]);
  return createHash('sha256').update(name).digest('hex').slice(0, 10);
}

const bySeverity = (a: Finding, b: Finding) => severities.indexOf(a.severity) - severities.indexOf(b.severity);

/** Values that Terraform hides stay hidden; the difference is shown. */
function shown({ isSensitive, ...difference }: Difference): Omit<Difference, 'isSensitive'> {
  if (!isSensitive) return difference;
  const { declared, actual, details, ...rest } = difference;
  const hide = (value: unknown) => (value === undefined ? undefined : '(sensitive value)');
  return { ...rest, declared: hide(declared), actual: hide(actual) };
}
