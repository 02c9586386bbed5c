/**
 * Calls of IAM, which is global: they go to the provider's own Region. What does not exist is undefined when it is read,
 * and gone already when it is deleted.
 */
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { OperationName } from '@keystead/provider-schema/operations/index.ts';
import type { Client } from '../../client/client.ts';
import { isServiceError } from '../../client/service-error.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { generatedName, prefixOfGenerated } from './generated-name.ts';
import { regionOf } from './region.ts';
import { readTags, tagChanges, tagsToCreate } from './tags.ts';
import { textOf } from './values.ts';

/** Calls an operation of IAM. @throws ServiceError, ConnectionError */
export function iam<Name extends OperationName>(
  client: Client,
  name: Name,
  input: InputJson<Name>,
): Promise<OutputJson<Name>> {
  return client.call(name, input, regionOf(client, {}));
}

/** undefined: it does not exist. */
export async function findEntity<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isServiceError(error, 'NoSuchEntityException')) return undefined;
    throw error;
  }
}

/** Deletes, detaches or removes; what is gone already counts as done. */
export async function removeEntity(remove: () => Promise<unknown>): Promise<void> {
  await findEntity(remove);
}

interface ListPage {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** All items of a list, page after page. */
export async function listAll<Page extends ListPage, Item>(
  list: (marker: { readonly Marker?: string }) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let marker: string | undefined;
  do {
    const page = await list(marker === undefined ? {} : { Marker: marker });
    items.push(...(itemsOf(page) ?? []));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined);
  return items;
}

/** The configured name, or a new one. */
export function nameToCreate(planned: ObjectValue): string {
  return textOf(planned, 'name') ?? generatedName(textOf(planned, 'name_prefix') ?? 'terraform-');
}

export const nameAndPrefix = (name: string): ObjectValue => ({ name, name_prefix: prefixOfGenerated(name) });

/** Epoch seconds as RFC 3339. */
export const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

export interface IamTag {
  readonly Key: string;
  readonly Value: string;
}

/** Tags for a create call; undefined: none. */
export function newTags(client: Client, planned: ObjectValue): readonly IamTag[] | undefined {
  const tags = tagsToCreate(client.tags, planned).map(toIam);
  return tags.length === 0 ? undefined : tags;
}

const toIam = ({ TagKey, TagValue }: { readonly TagKey: string; readonly TagValue: string }): IamTag => ({
  Key: TagKey,
  Value: TagValue,
});

/** `tags` and `tags_all` of the state. */
export function tagsOf(client: Client, listed: readonly IamTag[] | undefined, state: ObjectValue): ObjectValue {
  const tags = (listed ?? []).map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));
  return { ...readTags(client.tags, tags, state) };
}

/** Removes first, so that an identity at its limit of tags can change some. */
export async function changeTags(
  client: Client,
  prior: ObjectValue,
  planned: ObjectValue,
  calls: {
    readonly untag: (keys: readonly string[]) => Promise<unknown>;
    readonly tag: (tags: readonly IamTag[]) => Promise<unknown>;
  },
): Promise<void> {
  const { remove, add } = tagChanges(client.tags, prior, planned);
  if (remove.length > 0) await calls.untag(remove);
  if (add.length > 0) await calls.tag(add.map(toIam));
}
