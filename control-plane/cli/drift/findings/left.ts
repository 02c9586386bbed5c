/** Which value an event of the audit log leaves an attribute of a key with. */
import { limits } from '@keystead/provider-schema/limits.ts';
import { samePolicy } from '@keystead/provider-schema/policy-meaning.ts';
import type { TrailEvent } from '../running/events.ts';

/** Marks an event that leaves an attribute as it was. */
export const untouched = Symbol('untouched');
export type Left = (event: TrailEvent) => unknown;

const parameter =
  (name: string, absent: unknown): Left =>
  ({ requestParameters }) =>
    requestParameters?.[name] ?? absent;

const state: Readonly<Record<string, Left>> = {
  EnableKey: () => true,
  DisableKey: () => false,
  ScheduleKeyDeletion: () => false,
  CancelKeyDeletion: () => false,
  DeleteImportedKeyMaterial: () => false,
  DeleteExpiredKeyMaterial: () => false,
};

/** By attribute and event, the value that the event leaves. */
const leaves: Readonly<Record<string, Readonly<Record<string, Left>>>> = {
  description: {
    UpdateKeyDescription: parameter('description', ''),
    CreateKey: parameter('description', untouched),
  },
  is_enabled: state,
  enabled: state,
  enable_key_rotation: { EnableKeyRotation: () => true, DisableKeyRotation: () => false },
  rotation_period_in_days: {
    EnableKeyRotation: parameter('rotationPeriodInDays', limits.rotationPeriodInDays.default),
    DisableKeyRotation: () => undefined,
  },
  deletion_protection: { ProtectKey: () => true, UnprotectKey: () => false },
  valid_to: { ImportKeyMaterial: parameter('validTo', undefined) },
  policy: { PutKeyPolicy: parameter('policy', untouched), CreateKey: parameter('policy', untouched) },
};

/** By name of the event. */
export function leftBy(attribute: string): Readonly<Record<string, Left>> {
  const tag = tagOf(attribute);
  return (tag === undefined ? leaves[attribute] : tagLeft(tag)) ?? {};
}

/** `tags_all["Owner"]` is about the tag Owner. */
export function tagOf(attribute: string): string | undefined {
  const [, tag] = /^tags_all\[(.*)\]$/s.exec(attribute) ?? [];
  return tag === undefined ? undefined : JSON.parse(tag);
}

/** `tags_all["Owner"]` */
export const tagAttribute = (key: string): string => `tags_all[${JSON.stringify(key)}]`;

export const sameValue = (attribute: string): ((left: unknown, actual: unknown) => boolean) =>
  sameness[attribute] ?? Object.is;

/** By attribute, when the value an event left equals the actual one; values of other attributes must be identical. */
const sameness: Readonly<Record<string, (left: unknown, actual: unknown) => boolean>> = {
  policy: (left, actual) => samePolicy(String(left), String(actual)),
  // The trail writes dates in words, in UTC, to the second.
  valid_to: (left, actual) =>
    left === undefined || actual === undefined
      ? left === actual
      : Math.floor(Date.parse(String(actual)) / 1000) === Date.parse(`${left} UTC`) / 1000,
};

interface TrailTag {
  readonly tagKey: string;
  readonly tagValue: string;
}

function tagLeft(key: string): Readonly<Record<string, Left>> {
  const set: Left = ({ requestParameters }) => {
    const tags = (requestParameters?.tags ?? []) as readonly TrailTag[];
    return tags.findLast(({ tagKey }) => tagKey === key)?.tagValue ?? untouched;
  };
  const removed: Left = ({ requestParameters }) =>
    ((requestParameters?.tagKeys ?? []) as readonly string[]).includes(key) ? undefined : untouched;
  return { TagResource: set, UntagResource: removed, CreateKey: set };
}
