/**
 * `tags` and `tags_all`: what the configuration says, what the provider's default_tags add, what ignore_tags hides,
 * as in the AWS provider.
 */
import type { TagSettings } from '../../client/settings.ts';
import { type ObjectValue, unknown, type Value } from '../../engine/value.ts';
import { mapOf, textMapOf } from './values.ts';

export interface WireTag {
  readonly TagKey: string;
  readonly TagValue: string;
}

type Tags = ReadonlyMap<string, string>;

const noTags: TagSettings = { defaults: new Map(), ignores: () => false };

const isReserved = (key: string): boolean => key.startsWith('aws:');

/** Defaults overlaid by the resource's own; keys of AWS itself cannot be set. */
function merge(settings: TagSettings | undefined, object: ObjectValue): Tags {
  return keep([...(settings ?? noTags).defaults, ...textMapOf(object, 'tags')], (key) => !isReserved(key));
}

/** Ignored keys are still sent on create, so that the system that manages them finds them set. */
export function tagsToCreate(settings: TagSettings | undefined, planned: ObjectValue): readonly WireTag[] {
  return toWire(merge(settings, planned));
}

/** What `tags_all` will be, or unknown. */
export function planTagsAll(settings: TagSettings | undefined, config: ObjectValue, prior: ObjectValue | null): Value {
  if (settings === undefined || holdsUnknown(config.tags ?? null)) return unknown;
  const merged = keep(merge(settings, config), (key) => !settings.ignores(key));
  if (prior === null) return merged.size === 0 || holdsEmptyText(merged) ? unknown : Object.fromEntries(merged);
  const changes =
    !isSame(merged, textMapOf(prior, 'tags_all')) || !isSame(textMapOf(config, 'tags'), textMapOf(prior, 'tags'));
  return changes && holdsEmptyText(merged) ? unknown : Object.fromEntries(merged);
}

/** The calls that lead from the prior tags to the planned ones. */
export function tagChanges(
  settings: TagSettings | undefined,
  prior: ObjectValue,
  planned: ObjectValue,
): { readonly remove: readonly string[]; readonly add: readonly WireTag[] } {
  const before = textMapOf(prior, 'tags_all');
  const ignores = (settings ?? noTags).ignores;
  const after =
    planned.tags_all === unknown
      ? keep(merge(settings, planned), (key) => !ignores(key))
      : textMapOf(planned, 'tags_all');
  return {
    remove: [...before.keys()].filter((key) => !after.has(key)),
    add: toWire(keep(after, (key, value) => before.get(key) !== value)),
  };
}

/** The two attributes as the service's list shows them. */
export function readTags(
  settings: TagSettings | undefined,
  listed: readonly { readonly TagKey: string; readonly TagValue: string }[],
  state: ObjectValue,
): { readonly tags: Value; readonly tags_all: Value } {
  const { defaults, ignores } = settings ?? noTags;
  const all = keep(
    listed.map(({ TagKey, TagValue }) => [TagKey, TagValue] as const),
    (key) => !isReserved(key) && !ignores(key),
  );
  const configured = textMapOf(state, 'tags');
  const own = keep(all, (key, value) => defaults.get(key) !== value || configured.get(key) === value);
  return { tags: Object.fromEntries(own), tags_all: Object.fromEntries(all) };
}

/** The plan without what `ignore_tags` hides of it: the state shows what the service's list shows. */
export function withoutHiddenTags(settings: TagSettings | undefined, planned: ObjectValue): ObjectValue {
  const hides = [...textMapOf(planned, 'tags').keys()].some((settings ?? noTags).ignores);
  return hides ? { ...planned, tags: unknown } : planned;
}

/** Tags as data sources show them: without those that ignore_tags hides. */
export function visibleTags(settings: TagSettings | undefined, tags: Iterable<readonly [string, string]>): ObjectValue {
  return Object.fromEntries(keep(tags, (key) => !(settings ?? noTags).ignores(key)));
}

/** The same for tags of users, roles and policies. */
export function visibleIdentityTags(
  settings: TagSettings | undefined,
  tags: readonly { readonly Key: string; readonly Value: string }[] = [],
): ObjectValue {
  return visibleTags(
    settings,
    tags.map(({ Key, Value }) => [Key, Value] as const),
  );
}

function keep(pairs: Iterable<readonly [string, string]>, wanted: (key: string, value: string) => boolean): Tags {
  return new Map([...pairs].filter(([key, value]) => wanted(key, value)));
}

const toWire = (tags: Tags): readonly WireTag[] => [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
const holdsEmptyText = (tags: Tags): boolean => [...tags.values()].includes('');
const isSame = (a: Tags, b: Tags): boolean => a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
const holdsUnknown = (tags: Value): boolean =>
  tags === unknown || Object.values(mapOf(tags)).some((value) => value === unknown);
