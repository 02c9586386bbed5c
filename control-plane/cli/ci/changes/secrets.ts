/**
 * Sensitive values in what is shown of a plan. A mark stays with the attribute it was written for: `tags_all` repeats a
 * sensitive tag without one, and a warning can quote it. So every text that is sensitive anywhere in the plan is hidden
 * everywhere.
 */
import type { Change, ConfiguredModule, Marks, PlanJson } from './plan-json.ts';

export const HIDDEN = '(sensitive value)';

/** The same text without what is sensitive. */
export type Hide = (text: string) => string;

/** Shorter ones are hidden only where they are the whole text: they are parts of many words. */
const SHORTEST_PART = 6;

export function hiding(plan: PlanJson): Hide {
  const secrets = new Set<string>();
  for (const { change } of [...(plan.resource_changes ?? []), ...(plan.resource_drift ?? [])])
    addSides(secrets, change);
  for (const change of Object.values(plan.output_changes ?? {})) addSides(secrets, change);
  for (const [name, { sensitive, default: value }] of variablesOf(plan.configuration?.root_module)) {
    if (sensitive !== true) continue;
    addTexts(secrets, value);
    addTexts(secrets, plan.variables?.[name]?.value);
  }
  const parts = [...secrets].filter(({ length }) => length >= SHORTEST_PART).sort((a, b) => b.length - a.length);
  return (text) => {
    if (secrets.has(text)) return HIDDEN;
    return parts.reduce((shown, part) => shown.replaceAll(part, HIDDEN), text);
  };
}

function addSides(secrets: Set<string>, change: Change): void {
  addMarked(secrets, change.before, change.before_sensitive);
  addMarked(secrets, change.after, change.after_sensitive);
}

function addMarked(secrets: Set<string>, value: unknown, marks: Marks): void {
  if (marks === true) addTexts(secrets, value);
  else if (isRecord(marks) && isRecord(value)) {
    for (const [name, mark] of Object.entries(marks)) addMarked(secrets, value[name], mark);
  }
}

/** Every text in the value, and as it is inside JSON and Base64. */
function addTexts(secrets: Set<string>, value: unknown): void {
  if (typeof value === 'string' && value !== '') {
    secrets.add(value);
    secrets.add(JSON.stringify(value).slice(1, -1));
    if (value.length >= SHORTEST_PART) secrets.add(Buffer.from(value).toString('base64'));
  } else if (typeof value === 'number') secrets.add(String(value));
  else if (isRecord(value)) for (const one of Object.values(value)) addTexts(secrets, one);
}

function variablesOf(module: ConfiguredModule | undefined) {
  return Object.entries(module?.variables ?? {});
}

/** Lists too. */
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The value with everything that its marks hide replaced. */
export function withoutMarked(value: unknown, marks: Marks): unknown {
  if (marks === true) return HIDDEN;
  if (!isRecord(marks) || !isRecord(value)) return value;
  const shown = Object.entries(value).map(([name, one]) => [name, withoutMarked(one, marks[name])] as const);
  return Array.isArray(value) ? shown.map(([, one]) => one) : Object.fromEntries(shown);
}
