/**
 * Matchers for expected values, where a plain value says too much or too little. They have the interface of the
 * asymmetric matchers of jest and vitest, so each is usable in place of the others.
 */

/** What jest, vitest and `Match` have in common. */
export interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

export function isMatcher(value: unknown): value is AsymmetricMatcher {
  return typeof (value as AsymmetricMatcher | undefined)?.asymmetricMatch === 'function';
}

class Matcher implements AsymmetricMatcher {
  readonly #description: string;
  readonly #matches: (actual: unknown) => boolean;

  constructor(description: string, matches: (actual: unknown) => boolean) {
    this.#description = description;
    this.#matches = matches;
  }

  asymmetricMatch(actual: unknown): boolean {
    return this.#matches(actual);
  }

  /** For error texts: of jest, of vitest and of this library. */
  toAsymmetricMatcher(): string {
    return this.#description;
  }

  toString(): string {
    return this.#description;
  }
}

/** The matchers of the AWS CDK's assertions, under their names. */
// biome-ignore lint/complexity/noStaticOnlyClass: the form of the AWS CDK, which other languages can have too
export class Match {
  /**
   * The member is not there.
   * @example template.hasKey({ description: Match.absent() })
   */
  static absent(): AsymmetricMatcher {
    return new Matcher('Match.absent()', (actual) => actual === undefined);
  }

  /**
   * Any value, but the member is there.
   * @example template.hasGrant({ retiringPrincipal: Match.anyValue() })
   */
  static anyValue(): AsymmetricMatcher {
    return new Matcher('Match.anyValue()', (actual) => actual !== undefined && actual !== null);
  }

  /**
   * Exactly this value, without more members.
   * @example template.hasKey({ tags: Match.exact({ Department: 'sales' }) })
   */
  static exact(value: unknown): AsymmetricMatcher {
    return new Matcher(`Match.exact(${shown(value)})`, (actual) => equals(value, actual));
  }

  /** As `exact`, for objects. */
  static objectEquals(value: Record<string, unknown>): AsymmetricMatcher {
    return new Matcher(`Match.objectEquals(${shown(value)})`, (actual) => equals(value, actual));
  }

  /** As `exact`, for arrays. */
  static arrayEquals(value: unknown[]): AsymmetricMatcher {
    return new Matcher(`Match.arrayEquals(${shown(value)})`, (actual) => equals(value, actual));
  }

  /** At least these members, which is how objects are compared anyway. */
  static objectLike(value: Record<string, unknown>): AsymmetricMatcher {
    return new Matcher(`Match.objectLike(${shown(value)})`, (actual) => differences(value, actual).length === 0);
  }

  /**
   * At least these elements, in this order.
   * @example template.hasGrant({ operations: Match.arrayWith(['Decrypt']) })
   */
  static arrayWith(elements: unknown[]): AsymmetricMatcher {
    return new Matcher(`Match.arrayWith(${shown(elements)})`, (actual) => {
      if (!Array.isArray(actual)) return false;
      let next = 0;
      for (const element of actual) if (next < elements.length && fits(elements[next], element)) next += 1;
      return next === elements.length;
    });
  }

  /**
   * Text in which the regular expression is found.
   * @example template.hasAlias({ name: Match.stringLikeRegexp('^alias/team/') })
   */
  static stringLikeRegexp(pattern: string): AsymmetricMatcher {
    const expression = new RegExp(pattern);
    return new Matcher(
      `Match.stringLikeRegexp(${shown(pattern)})`,
      (actual) => typeof actual === 'string' && expression.test(actual),
    );
  }

  /**
   * JSON text of a value that fits.
   * @example template.hasResource('aws_iam_role', { assume_role_policy: Match.serializedJson({ Version: '2012-10-17' }) })
   */
  static serializedJson(value: unknown): AsymmetricMatcher {
    return new Matcher(`Match.serializedJson(${shown(value)})`, (actual) => {
      if (typeof actual !== 'string') return false;
      try {
        return fits(value, JSON.parse(actual));
      } catch {
        return false;
      }
    });
  }

  /** Anything that does not fit. */
  static not(value: unknown): AsymmetricMatcher {
    return new Matcher(`Match.not(${shown(value)})`, (actual) => !fits(value, actual));
  }
}

/** One place where a value is not as expected. */
export interface Difference {
  /** `tags.Department`, `operations[0]`; empty: the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Objects may have more members than expected; arrays may not have more elements. */
export function differences(expected: unknown, actual: unknown, path = ''): Difference[] {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual) ? [] : [difference(expected, actual, path)];
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((element, index) => differences(element, actual[index], `${path}[${index}]`));
  }
  if (isObject(expected) && isObject(actual)) {
    return Object.entries(expected).flatMap(([name, member]) =>
      differences(member, actual[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return equals(expected, actual) ? [] : [difference(expected, actual, path)];
}

const fits = (expected: unknown, actual: unknown): boolean => differences(expected, actual).length === 0;

/** The same value; matchers inside decide for themselves. */
function equals(expected: unknown, actual: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return expected.length === actual.length && expected.every((element, index) => equals(element, actual[index]));
  }
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].every((name) => equals(expected[name], actual[name]));
  }
  return Object.is(expected, actual);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isMatcher(value);
}

function difference(expected: unknown, actual: unknown, path: string): Difference {
  return { path, expected: shown(expected), found: actual === undefined ? 'nothing' : shown(actual) };
}

/** On one line; matchers of jest and vitest by their own words. */
export function shown(value: unknown): string {
  if (isMatcher(value)) {
    const { toAsymmetricMatcher } = value as { toAsymmetricMatcher?: () => string };
    return toAsymmetricMatcher === undefined ? String(value) : toAsymmetricMatcher.call(value);
  }
  const text = JSON.stringify(value, (_name, member) => (isMatcher(member) ? shown(member) : member));
  return text ?? String(value);
}
