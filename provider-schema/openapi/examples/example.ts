/** The form of the examples in the OpenAPI document. */
import type { OperationName } from '../../operations/index.ts';

/**
 * A request that works when those before it in the list were sent. Values that only an earlier answer can tell are
 * `Answered`; the document shows their sample.
 */
export interface Example {
  readonly operation: OperationName;
  /** Of the example; none is there twice. */
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A value from the answer of an earlier example. */
export interface Answered {
  /** The name of that example. */
  readonly answerOf: string;
  /** Members of the answer, one inside the other. */
  readonly at: readonly string[];
  /** What the document shows in its place. */
  readonly sample: string;
}

/** @param at members with points between them, such as KeyMetadata.KeyId */
export function answered(answerOf: string, at: string, sample: string): Answered {
  return { answerOf, at: at.split('.'), sample };
}

export function isAnswered(value: unknown): value is Answered {
  return typeof value === 'object' && value !== null && 'answerOf' in value;
}

/** @param name absent: the operation's */
export function example(operation: OperationName, input: Example['input'] = {}, name: string = operation): Example {
  return { operation, name, input };
}

/** The input with what `tell` returns in place of what earlier answers tell. */
export function filled(input: Example['input'], tell: (value: Answered) => unknown): Example['input'] {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, isAnswered(value) ? tell(value) : value]),
  );
}
