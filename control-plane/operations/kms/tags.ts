/** Tags. Source: AWS KMS API reference, TagResource, UntagResource, ListResourceTags. */
import type { tagsOperations } from '@keystead/provider-schema/operations/kms/tags.ts';
import type { Outcome } from '../../context/outcome.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { addTags, decodeTags, encodeTags, listTags, removeTags, type Tags } from '../../domain/keys/tags.ts';
import { keyChange, updateKey } from '../../mutations/mutations.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';
import { listPage, pageInMemory } from '../shared/paging.ts';

const tagResource: Implementation<'TagResource'> = {
  async run(_ctx, input, keys) {
    const key = resolvedKey(keys);
    return setTags(key, addTags(decodeTags(key.regional.tags), input.Tags), 'TagResource');
  },
};

const untagResource: Implementation<'UntagResource'> = {
  async run(_ctx, input, keys) {
    const key = resolvedKey(keys);
    return setTags(key, removeTags(decodeTags(key.regional.tags), input.TagKeys), 'UntagResource');
  },
};

const listResourceTags: Implementation<'ListResourceTags'> = {
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

export const tagsFunctions: Implementations<typeof tagsOperations> = {
  TagResource: tagResource,
  UntagResource: untagResource,
  ListResourceTags: listResourceTags,
};
