/** Tags of a key. Source: AWS KMS API reference, TagResource, Tag; AWS "Tag naming limits and requirements". */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';

export type Tags = Readonly<Record<string, string>>;

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

const TAG_CHARACTERS = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

/**
 * Adds tags to those a key has; an existing tag key takes the new value.
 * @throws KmsError TagException (more than 50 in the request, among others), LimitExceededException (more than 50 after
 *   adding)
 */
export function addTags(existing: Tags, added: readonly Tag[]): Tags {
  if (added.length > limits.tagsPerKey) throw new KmsError('TagException', messages.tooManyTags);
  for (const tag of added) requireTag(tag);
  if (new Set(added.map((tag) => tag.TagKey)).size < added.length) {
    throw new KmsError('TagException', messages.duplicateTags);
  }
  const merged = new Map(Object.entries(existing));
  for (const { TagKey, TagValue } of added) merged.set(TagKey, TagValue);
  if (merged.size > limits.tagsPerKey) throw new KmsError('LimitExceededException', messages.tooManyTags);
  return Object.fromEntries(merged);
}

/** Tag keys that the key does not have are ignored. @throws KmsError TagException for a reserved tag key. */
export function removeTags(existing: Tags, tagKeys: readonly string[]): Tags {
  for (const tagKey of tagKeys) requireNotReserved(tagKey);
  const removed = new Set(tagKeys);
  return Object.fromEntries(Object.entries(existing).filter(([tagKey]) => !removed.has(tagKey)));
}

/** As stored: a JSON object with its members in order of tag key. */
export function encodeTags(tags: Tags): string {
  return JSON.stringify(Object.fromEntries(listTags(tags).map(({ TagKey, TagValue }) => [TagKey, TagValue])));
}

export function decodeTags(json: string): Tags {
  return JSON.parse(json) as Tags;
}

/** Ordered by tag key. */
export function listTags(tags: Tags): readonly Tag[] {
  return Object.entries(tags)
    .map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
    .sort((a, b) => (a.TagKey < b.TagKey ? -1 : 1));
}

function requireTag({ TagKey, TagValue }: Tag): void {
  requireNotReserved(TagKey);
  if (!TAG_CHARACTERS.test(TagKey) || !TAG_CHARACTERS.test(TagValue)) {
    throw new KmsError('TagException', 'Tag keys and values hold letters, numbers, spaces and _ . : / = + - @ only');
  }
}

function requireNotReserved(tagKey: string): void {
  if (tagKey.toLowerCase().startsWith('aws:')) {
    throw new KmsError('TagException', messages.reservedTag);
  }
}
