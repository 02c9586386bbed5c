/** Whether a plan of the code as it is now says the same as the saved one. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { Change, PlanJson, ResourceChange } from '../changes/plan-json.ts';

/** What differs, a line each, without values: some of them are secrets. Empty: they are the same. */
export function differencesOf(saved: PlanJson, fresh: PlanJson): readonly string[] {
  return [
    ...differentResources(saved.resource_changes ?? [], fresh.resource_changes ?? []),
    ...differentNames('output', saved.output_changes ?? {}, fresh.output_changes ?? {}),
    ...differentNames('variable', saved.variables ?? {}, fresh.variables ?? {}),
    ...(isDeepStrictEqual(saved.configuration, fresh.configuration) ? [] : ['the configuration']),
  ];
}

function differentResources(saved: readonly ResourceChange[], fresh: readonly ResourceChange[]): readonly string[] {
  const [before, now] = [byName(saved), byName(fresh)];
  return [...new Set([...before.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [then, today] = [before.get(name), now.get(name)];
    if (then === undefined) return [`${name}: the saved plan leaves it, and now it would ${verbOf(today)}`];
    if (today === undefined) return [`${name}: the saved plan would ${verbOf(then)}, and now nothing would change`];
    if (!isDeepStrictEqual(then.change.actions, today.change.actions)) {
      return [`${name}: the saved plan would ${verbOf(then)}, and now it would ${verbOf(today)}`];
    }
    const names = differentAttributes(then.change, today.change);
    const moved = then.previous_address !== today.previous_address;
    return names.length === 0 && !moved ? [] : [`${name}: other values of ${names.join(', ') || 'its former address'}`];
  });
}

const verbOf = (resource: ResourceChange | undefined): string => resource?.change.actions.join(' and ') ?? 'change';

/** Those that change; what stays as it is may have been read anew. */
const byName = (changes: readonly ResourceChange[]): ReadonlyMap<string, ResourceChange> =>
  new Map(
    changes
      .filter(({ change }) => !isDeepStrictEqual(change.actions, ['no-op']) || change.importing !== undefined)
      .map((one) => [`${one.address}${one.deposed === undefined ? '' : ` (deposed ${one.deposed})`}`, one]),
  );

const sides = ['before', 'after', 'after_unknown'] as const;

function differentAttributes(saved: Change, fresh: Change): readonly string[] {
  const names = sides.flatMap((side) => differing(saved[side], fresh[side]));
  const rest = isDeepStrictEqual([saved.replace_paths, saved.importing], [fresh.replace_paths, fresh.importing]);
  return [...new Set([...names, ...(rest ? [] : ['what makes it replaced or imported'])])].sort();
}

function differing(saved: unknown, fresh: unknown): readonly string[] {
  if (isDeepStrictEqual(saved, fresh)) return [];
  if (!isRecord(saved) || !isRecord(fresh)) return ['everything'];
  return Object.keys({ ...saved, ...fresh }).filter((name) => !isDeepStrictEqual(saved[name], fresh[name]));
}

function differentNames(
  kind: string,
  saved: Readonly<Record<string, unknown>>,
  fresh: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys({ ...saved, ...fresh })
    .filter((name) => !isDeepStrictEqual(saved[name], fresh[name]))
    .sort()
    .map((name) => `${kind} ${name}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
