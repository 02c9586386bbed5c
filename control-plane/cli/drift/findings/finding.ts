/** A difference as it is shown, and all of them together. */
import type { Baseline } from '../running/baseline.ts';
import type { AccessDifference } from './access.ts';
import type { Cause } from './cause.ts';
import type { Difference } from './compare.ts';
import type { Severity } from './severity.ts';

export interface Finding extends Omit<Difference, 'isSensitive'> {
  /** Names the finding in every report of this difference: `--explain` takes it. */
  readonly id: string;
  readonly severity: Severity;
  /** Of what was changed since the baseline: the value that it had there, if it had one and the audit log tells. */
  readonly atBaseline?: unknown;
  /** Of what was changed since the baseline: the configuration of the resource says nothing of this attribute. */
  readonly notDeclared?: true;
  /** Of a policy: who gained or lost what. */
  readonly access?: AccessDifference;
  readonly cause?: Cause;
  /** Why the cause is unknown. */
  readonly unattributed?: string;
}

/** What was changed since the baseline. */
export interface SinceBaseline {
  readonly baseline?: Baseline;
  readonly findings: readonly Omit<Finding, 'id'>[];
  readonly notes: readonly string[];
}

export interface Comparison {
  /** Declared resources that were compared. */
  readonly resources: number;
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** With which what code leaves open was compared. */
  readonly baselines: readonly Baseline[];
  /** What could not be looked at, and why. */
  readonly notes: readonly string[];
  /** Differences that rules cover, left out. */
  readonly ignored: number;
  /** Resources that another provider manages, left out. */
  readonly ofOtherProviders: number;
  /** Of a comparison that was to go on from the last report: what it read again, or why it read everything. */
  readonly incremental?: { readonly changes: number; readonly keysRead: number } | { readonly wholeBecause: string };
}
