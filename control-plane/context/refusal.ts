/** How decisions travel to the audit record: with the outcome of what they allowed, or with the refusal that ends it. */
import type { DecisionNote } from '@keystead/policy/decision.ts';
import type { ResolvedKeys } from './resolved-key.ts';

export interface Decided {
  /** In the order in which they were made. */
  readonly decisions: readonly DecisionNote[];
}

/** What an operation came to, as far as its decisions go: see Outcome. */
export interface Result extends Partial<Decided> {
  readonly output: unknown;
}

/** What an attempt knew when it was refused. */
export interface Known extends Decided {
  readonly keys?: ResolvedKeys;
}

/** An error on its way to the caller, with what was known when it was thrown: its audit record tells both. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** What the caller is told, once it is mapped. */
  override readonly cause: unknown;
  readonly known: Known;

  constructor(cause: unknown, known: Known) {
    super('refused');
    this.cause = cause;
    this.known = known;
  }
}

/** The same refusal, with what was known before. */
export function refusalAfter({ decisions, keys }: Known, error: unknown): Refusal {
  const later = knownTo(error)?.decisions ?? [];
  return new Refusal(causeOf(error), { decisions: [...decisions, ...later], ...(keys && { keys }) });
}

export const causeOf = (error: unknown): unknown => (error instanceof Refusal ? error.cause : error);

export const knownTo = (error: unknown): Known | undefined => (error instanceof Refusal ? error.known : undefined);
