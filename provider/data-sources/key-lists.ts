/** The keys and aliases of a Region, and the filters by which data sources narrow them. */
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../client/client.ts';
import { isServiceError } from '../client/service-error.ts';
import type { ObjectValue } from '../engine/value.ts';
import { attempt } from '../resources/shared/failures.ts';
import { mapOf, textMapOf, textOf } from '../resources/shared/values.ts';
import { everyPage } from './pages.ts';

export type AliasEntry = NonNullable<OutputJson<'ListAliases'>['Aliases']>[number];

/** Keys that are asked about at the same time. */
const keysAtOnce = 16;

export function listAliases(client: Client, region: string): Promise<readonly AliasEntry[]> {
  return attempt(`listing KMS Aliases (${region})`, undefined, () =>
    everyPage(async (Marker) => {
      const page = await client.call('ListAliases', { Limit: 100, Marker }, region);
      return { items: page.Aliases ?? [], next: page.Truncated === true ? page.NextMarker : undefined };
    }),
  );
}

/** The keys of the Region: ARN by id. */
export async function listKeys(client: Client, region: string): Promise<ReadonlyMap<string, string>> {
  const keys = await attempt(`listing KMS Keys (${region})`, undefined, () =>
    everyPage(async (Marker) => {
      const page = await client.call('ListKeys', { Limit: 1000, Marker }, region);
      return { items: page.Keys ?? [], next: page.Truncated === true ? page.NextMarker : undefined };
    }),
  );
  return new Map(keys.map(({ KeyId = '', KeyArn = '' }) => [KeyId, KeyArn] as const));
}

/** Whether a name fits a pattern in which each * stands for any characters. */
export function matchesName(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined) return true;
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Those of the keys that pass the filters key_spec, key_state and tags; no key is asked about without a filter. */
export async function passingKeys(
  client: Client,
  config: ObjectValue,
  keyIds: readonly string[],
  region: string,
): Promise<ReadonlySet<string>> {
  const filters = ['key_spec', 'key_state'].filter((name) => textOf(config, name) !== undefined);
  if (filters.length === 0 && Object.keys(mapOf(config.tags)).length === 0) return new Set(keyIds);
  const passing = new Set<string>();
  for (let start = 0; start < keyIds.length; start += keysAtOnce) {
    const some = keyIds.slice(start, start + keysAtOnce);
    const found = await Promise.all(some.map((keyId) => passes(client, config, keyId, region)));
    for (const [i, keyId] of some.entries()) if (found[i]) passing.add(keyId);
  }
  return passing;
}

/** A key that was deleted since it was listed does not pass. */
async function passes(client: Client, config: ObjectValue, KeyId: string, region: string): Promise<boolean> {
  return attempt(`reading KMS Key (${KeyId})`, undefined, async () => {
    try {
      const { KeyMetadata: key } = await client.read('DescribeKey', { KeyId }, region);
      const has = (name: string, value: string | undefined) => (textOf(config, name) ?? value) === value;
      if (!has('key_spec', key?.KeySpec) || !has('key_state', key?.KeyState)) return false;
      const wanted = [...textMapOf(config, 'tags')];
      if (wanted.length === 0) return true;
      const tags = await tagsOf(client, KeyId, region);
      return wanted.every(([name, value]) => tags.get(name) === value);
    } catch (error) {
      if (isServiceError(error, 'NotFoundException')) return false;
      throw error;
    }
  });
}

async function tagsOf(client: Client, KeyId: string, region: string): Promise<ReadonlyMap<string, string>> {
  const tags = await everyPage(async (Marker) => {
    const page = await client.call('ListResourceTags', { KeyId, Marker }, region);
    return { items: page.Tags ?? [], next: page.Truncated === true ? page.NextMarker : undefined };
  });
  return new Map(tags.map(({ TagKey, TagValue }) => [TagKey, TagValue] as const));
}
