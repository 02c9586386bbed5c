/** What changes of one resource, attribute by attribute. Pure. */
import { describePolicyDifference } from '@keystead/provider-schema/policy-meaning.ts';
import type { Change } from './plan-json.ts';
import { HIDDEN, withoutMarked } from './secrets.ts';

export interface AttributeChange {
  /** `description`, `tags["Owner"]` */
  readonly name: string;
  /** As text for people; undefined: there is none. */
  readonly before?: string;
  readonly after?: string;
  /** Parts of a policy that differ, instead of two whole policies. */
  readonly details?: readonly string[];
  /** The change makes Terraform replace the resource. */
  readonly replaces: boolean;
}

const UNKNOWN = '(known after apply)';

type Side = Readonly<Record<string, unknown>>;

/** Without attributes that stay, and, of what is made, without those that are empty or that nobody knows yet. */
export function attributeChanges(change: Change): readonly AttributeChange[] {
  const before = sideOf(change.before, change.before_sensitive);
  const after = sideOf(change.after, change.after_sensitive);
  const unknown = isSide(change.after_unknown) ? change.after_unknown : {};
  const real = { before: sideOf(change.before, undefined), after: sideOf(change.after, undefined) };
  const replacing = new Set((change.replace_paths ?? []).map(([name]) => String(name)));
  const isNew = change.before === null;
  const isGone = change.after === null;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)])].sort();
  return names.flatMap((name): readonly AttributeChange[] => {
    const replaces = replacing.has(name);
    if (!isGone && isUnknown(unknown[name])) return isNew ? [] : [{ name, ...pair(before[name], UNKNOWN), replaces }];
    if (isSame(real.before[name], real.after[name])) return [];
    return partsOf(name, before[name], after[name], real.before[name], real.after[name]).map((part) => ({
      ...part,
      replaces,
    }));
  });
}

type Part = Omit<AttributeChange, 'replaces'>;

/** A map by its keys, a policy by its meaning. */
function partsOf(
  name: string,
  before: unknown,
  after: unknown,
  realBefore: unknown,
  realAfter: unknown,
): readonly Part[] {
  if (before === HIDDEN || after === HIDDEN) return [{ name, ...pair(before, after) }];
  if (isMap(before ?? {}) && isMap(after ?? {}) && (before ?? after) !== undefined && (before ?? after) !== null) {
    const [old, now] = [(before ?? {}) as Side, (after ?? {}) as Side];
    const [oldReal, nowReal] = [(realBefore ?? {}) as Side, (realAfter ?? {}) as Side];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .sort()
      .filter((key) => !isSame(oldReal[key], nowReal[key]))
      .map((key) => ({ name: `${name}[${JSON.stringify(key)}]`, ...pair(old[key], now[key]) }));
  }
  const details =
    name === 'policy' && typeof before === 'string' && typeof after === 'string' ? policyParts(before, after) : [];
  return [{ name, ...pair(before, after), ...(details.length > 0 && { details }) }];
}

/** Both are JSON where the provider has checked them; other resources can have a `policy` of another form. */
function policyParts(before: string, after: string): readonly string[] {
  try {
    return describePolicyDifference(before, after);
  } catch {
    return [];
  }
}

const pair = (before: unknown, after: unknown): Pick<Part, 'before' | 'after'> => ({
  ...(hasValue(before) && { before: textOf(before) }),
  ...(hasValue(after) && { after: textOf(after) }),
});

const hasValue = (value: unknown): boolean => value !== undefined && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Nothing and what is empty are the same to a reader. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(emptied(a)) === JSON.stringify(emptied(b));
const emptied = (value: unknown): unknown =>
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    ? null
    : value;

function sideOf(value: unknown, marks: unknown): Side {
  const shown = withoutMarked(value, marks);
  return isSide(shown) ? shown : {};
}

const isSide = (value: unknown): value is Side => typeof value === 'object' && value !== null;
const isMap = (value: unknown): boolean => isSide(value) && !Array.isArray(value);

function isUnknown(marks: unknown): boolean {
  if (marks === true) return true;
  return isSide(marks) && Object.values(marks).some(isUnknown);
}
