/** The end of every create and update: reads the object and returns it, whether or not all steps succeeded. */
import type { ApplyResult, Diagnostic } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { failuresOf } from './failures.ts';
import { settle } from './values.ts';

export async function finish(end: {
  readonly planned: ObjectValue;
  /** What is known of the object without reading it; used when it cannot be read. */
  readonly known: ObjectValue;
  readonly failures: readonly Diagnostic[];
  /** `reading KMS Key (1234…)` */
  readonly reading: string;
  read(): Promise<ObjectValue | null>;
}): Promise<ApplyResult> {
  const { actual, failures } = await readBack(end);
  const diagnostics = [...end.failures, ...failures];
  if (diagnostics.length === 0) return { state: settle(end.planned, actual) };
  return { state: actual, diagnostics };
}

async function readBack(end: Parameters<typeof finish>[0]): Promise<{
  readonly actual: ObjectValue;
  readonly failures: readonly Diagnostic[];
}> {
  try {
    const actual = await end.read();
    return actual === null ? { actual: end.known, failures: [vanished(end.reading)] } : { actual, failures: [] };
  } catch (error) {
    return { actual: end.known, failures: failuresOf(error, end.reading) };
  }
}

const vanished = (reading: string): Diagnostic => ({
  severity: 'error',
  summary: reading,
  detail: 'The object disappeared while Terraform was working on it. Find out who else deletes it, then apply again.',
});
