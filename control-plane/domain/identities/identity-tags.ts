/**
 * Tags of users, roles, policies and providers. Unlike those of keys, their names are not case-sensitive.
 * Source: IAM User Guide, "Tags for AWS Identity and Access Management resources".
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';

export interface IdentityTag {
  readonly Key: string;
  readonly Value: string;
}

/**
 * Adds tags to the stored ones, a JSON object; a tag replaces the one whose name differs only in case.
 * @throws KmsError InvalidInputException, LimitExceededException
 */
export function withTags(stored: string, added: readonly IdentityTag[] = []): string {
  const byName = new Map(listIdentityTags(stored).map((tag) => [tag.Key.toLowerCase(), tag]));
  const names = added.map((tag) => tag.Key.toLowerCase());
  if (new Set(names).size < names.length) throw new KmsError('InvalidInputException', messages.duplicateIdentityTags);
  if (names.some((name) => name.startsWith('aws:'))) throw new KmsError('InvalidInputException', messages.reservedTag);
  for (const tag of added) byName.set(tag.Key.toLowerCase(), tag);
  if (byName.size > limits.tagsPerIdentity) {
    throw new KmsError('LimitExceededException', messages.quotaExceeded('TagsPerResource', limits.tagsPerIdentity));
  }
  return encode([...byName.values()]);
}

/** Names that are not there are ignored. */
export function withoutTags(stored: string, names: readonly string[]): string {
  const removed = new Set(names.map((name) => name.toLowerCase()));
  return encode(listIdentityTags(stored).filter((tag) => !removed.has(tag.Key.toLowerCase())));
}

/** Ordered by name. */
export function listIdentityTags(stored: string): readonly IdentityTag[] {
  return Object.entries(JSON.parse(stored) as Readonly<Record<string, string>>).map(([Key, Value]) => ({ Key, Value }));
}

function encode(tags: readonly IdentityTag[]): string {
  const sorted = [...tags].sort((a, b) => (a.Key < b.Key ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted.map(({ Key, Value }) => [Key, Value])));
}
