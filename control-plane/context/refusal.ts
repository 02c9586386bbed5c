/**
 * Carries authorization decisions to the audit record: with an operation's outcome, or with the refusal of a request.
 */
import type { DecisionNote } from '@keystead/policy/decision.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { ResolvedKeys } from './resolved-key.ts';

export interface Decided {
  /** In the order in which they were made. */
  readonly decisions: readonly DecisionNote[];
}

/** The part of an operation's Outcome that its decisions join. */
export interface Result extends Partial<Decided> {
  readonly output: unknown;
}

/** What was known about an attempt when it was refused. */
export interface Known extends Decided {
  readonly keys?: ResolvedKeys;
}

/** An error with what was known when it was thrown; the audit record holds both. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The error itself; the caller gets what it is mapped to. */
  override readonly cause: unknown;
  readonly known: Known;

  constructor(cause: unknown, known: Known) {
    super('refused');
    this.cause = cause;
    this.known = known;
  }
}

/** The error as a refusal, with what was known before it. */
export function refusalAfter({ decisions, keys }: Known, error: unknown): Refusal {
  const later = knownTo(error)?.decisions ?? [];
  return new Refusal(causeOf(error), { decisions: [...decisions, ...later], ...defined({ keys }) });
}

export const causeOf = (error: unknown): unknown => (error instanceof Refusal ? error.cause : error);

export const knownTo = (error: unknown): Known | undefined => (error instanceof Refusal ? error.known : undefined);
