/** A difference as it is shown, and all of them together. */
import type { Cause } from './cause.ts';
import type { Difference } from './compare.ts';

export interface Finding extends Omit<Difference, 'isSensitive'> {
  readonly cause?: Cause;
  /** Why the cause is unknown. */
  readonly unattributed?: string;
}

export interface Comparison {
  /** Declared resources that were compared. */
  readonly resources: number;
  readonly findings: readonly Finding[];
  /** Resources that another provider manages, left out. */
  readonly ofOtherProviders: number;
}
