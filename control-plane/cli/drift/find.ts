/** Drift from end to end: read what runs, compare, look up the cause of each difference. */
import type { Connection } from '../shared/connection.ts';
import { readActual } from './actual.ts';
import { type Cause, findCause } from './cause.ts';
import { type CompareOptions, compareAll, type Difference } from './compare.ts';
import type { DeclaredResource } from './declared.ts';
import { readEvents } from './events.ts';

/** A difference as it is shown. */
export interface Finding extends Omit<Difference, 'isSensitive'> {
  readonly cause?: Cause;
  /** Why the cause is unknown. */
  readonly unattributed?: string;
}

export async function findDrift(
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
