/**
 * Counts the steps of matching texts, independent of what the code under test says that it costs: characters read,
 * searched, compared and changed, words of bit masks, and condition keys looked up. Steps are the same on every
 * machine, however busy it is. About one to three nanoseconds each.
 */
import type { Conditions } from '@keystead/policy/conditions.ts';

/** Characters that the engine's own loops handle in the time of a step. */
const CHARS_PER_STEP = 8;

interface CountedWork {
  steps: number;
  /** The latest step read a character of a text. */
  hasRead: boolean;
}

/** Runs `work` and counts its steps; nothing else may run meanwhile. */
export function countSteps<T>(work: () => T): { readonly result: T; readonly steps: number } {
  const counted: CountedWork = { steps: 0, hasRead: false };
  const restore = [...countTexts(counted), countMasks(counted)];
  try {
    const result = work();
    return { result, steps: counted.steps };
  } finally {
    for (const undo of restore) undo();
  }
}

/** The condition keys, with each look-up counted as ten steps in `countSteps`. */
export function countedConditions(conditions: Conditions): Conditions {
  return (name) => {
    for (let i = 0; i < 10; i++) name.charCodeAt(0);
    return conditions(name);
  };
}

type Method = (this: string, ...args: never[]) => unknown;

/** @returns what restores each method */
function countTexts(counted: CountedWork): readonly (() => void)[] {
  const wrap = (
    name: 'charCodeAt' | 'indexOf' | 'startsWith' | 'toLowerCase' | 'split',
    cost: (...all: never[]) => number,
  ) => {
    const own = String.prototype[name] as Method;
    const wrapped = function (this: string, ...args: never[]) {
      const answer = own.apply(this, args);
      counted.steps += cost(this as never, answer as never, ...args);
      return answer;
    };
    Object.defineProperty(String.prototype, name, { value: wrapped, configurable: true, writable: true });
    return () => Object.defineProperty(String.prototype, name, { value: own, configurable: true, writable: true });
  };
  return [
    wrap('charCodeAt', () => {
      counted.hasRead = true;
      return 1;
    }),
    wrap('indexOf', (text: string, found: number, wanted: string, from = 0) => {
      const searched = (found < 0 ? text.length : found + wanted.length) - from;
      return wanted.length === 1 ? searched / CHARS_PER_STEP : searched;
    }),
    wrap('startsWith', (_text: string, _found: boolean, wanted: string) => wanted.length / CHARS_PER_STEP),
    wrap('toLowerCase', ({ length }: string) => length / CHARS_PER_STEP),
    wrap('split', (_text: string, parts: readonly string[]) => parts.length),
  ];
}

/** A bit mask that is looked up for a character that was read is then read word by word; a character without one uses a mask of the same length. */
function countMasks(counted: CountedWork): () => void {
  const own = Map.prototype.get;
  let words = 0;
  Map.prototype.get = function (this: Map<unknown, unknown>, key: unknown) {
    const found = own.call(this, key);
    if (found instanceof Uint32Array) words = found.length;
    if (typeof key === 'number' && counted.hasRead) counted.steps += words;
    counted.hasRead = false;
    return found;
  };
  return () => {
    Map.prototype.get = own;
  };
}
