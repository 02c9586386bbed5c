/** A difference of an identity or a custom key store: how bad it is, and which of its past changes explain it. */
import type { TrailEvent } from '../running/events.ts';
import type { AccessDifference } from './access.ts';
import type { Difference } from './compare.ts';
import { type Left, untouched } from './left.ts';
import type { Severity } from './severity.ts';

/** What an event left: the actual value, another value, or nothing about this difference. */
export type Trace = 'same' | 'other' | 'none';

export interface Asked {
  /** As the change log names them: ARNs, access key ids, ids of key stores. */
  readonly resources: readonly string[];
  readonly trace: (event: TrailEvent) => Trace;
}

export interface IdentityDifference extends Difference {
  readonly severity: Severity;
  readonly access?: AccessDifference;
  readonly asked: Asked;
}

/** By event, the value that it leaves. */
export type Leaves = Readonly<Record<string, Left>>;

/** A parameter of the request. @param absent the value that a request without it leaves */
export const parameter =
  (name: string, absent: unknown = untouched): Left =>
  ({ requestParameters }) =>
    requestParameters?.[name] ?? absent;

/** Only events whose parameter has this value leave something. */
export const only =
  (name: string, value: unknown, left: Left): Left =>
  (event) =>
    event.requestParameters?.[name] === value ? left(event) : untouched;

/** Compares what events left with what is there now. */
export function tracing(leaves: Leaves, actual: unknown, same: (a: unknown, b: unknown) => boolean = Object.is) {
  return (event: TrailEvent): Trace => {
    const left = leaves[event.eventName]?.(event) ?? (Object.hasOwn(leaves, event.eventName) ? undefined : untouched);
    return left === untouched ? 'none' : same(left, actual) ? 'same' : 'other';
  };
}

/** That it exists, or does not. */
export function tracingExistence(created: readonly string[], deleted: readonly string[], exists: boolean) {
  const leaves = [
    ...created.map((name) => [name, () => true] as const),
    ...deleted.map((name) => [name, () => false] as const),
  ];
  return tracing(Object.fromEntries(leaves), exists);
}
