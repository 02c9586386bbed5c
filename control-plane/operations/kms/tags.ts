/** Tags. Source: AWS KMS API reference, TagResource, UntagResource, ListResourceTags. */
import type { Outcome } from '../../context/outcome.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { addTags, decodeTags, encodeTags, listTags, removeTags, type Tags } from '../../domain/keys/tags.ts';
import { keyChange, updateKey } from '../../mutations/mutations.ts';
import { type Implementation, resolvedKey } from '../shared/implementation.ts';
import { listPage, pageInMemory } from '../shared/paging.ts';

export const tagResource: Implementation<'TagResource'> = {
  async run(_ctx, input, keys) {
    const key = resolvedKey(keys);
    return setTags(key, addTags(decodeTags(key.regional.tags), input.Tags), 'TagResource');
  },
};

export const untagResource: Implementation<'UntagResource'> = {
  async run(_ctx, input, keys) {
    const key = resolvedKey(keys);
    return setTags(key, removeTags(decodeTags(key.regional.tags), input.TagKeys), 'UntagResource');
  },
};

export const listResourceTags: Implementation<'ListResourceTags'> = {
  async run(ctx, input, keys) {
    const { regional } = resolvedKey(keys);
    const { rows, paging } = await listPage(
      ctx,
      { operation: 'ListResourceTags', of: regional.key_id, input },
      pageInMemory(listTags(decodeTags(regional.tags)), (tag) => tag.TagKey),
      (tag) => tag.TagKey,
    );
    return { output: { Tags: rows, ...paging } };
  },
};

function setTags(key: ResolvedKey, tags: Tags, eventName: string): Outcome<undefined> {
  const audit = { responseElements: { keyId: key.arn } };
  const encoded = encodeTags(tags);
  if (encoded === key.regional.tags) return { output: undefined, audit };
  return {
    output: undefined,
    mutations: [updateKey(key, { tags: encoded })],
    changes: [keyChange(key, 'updated', eventName)],
    audit,
  };
}
