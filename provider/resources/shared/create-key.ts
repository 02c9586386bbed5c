/** CreateKey for the resources that create keys: the members that all of them send, and those that the caller adds. */
import type { InputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../../client/client.ts';
import type { ObjectValue } from '../../engine/value.ts';
import { bypass, type KeyMetadata } from './keys.ts';
import { normalPolicy } from './policy.ts';
import { tagsToCreate } from './tags.ts';
import { textOf } from './values.ts';

export async function createKey(
  client: Client,
  planned: ObjectValue,
  region: string,
  own: InputJson<'CreateKey'>,
): Promise<KeyMetadata> {
  const policy = textOf(planned, 'policy');
  const tags = tagsToCreate(client.tags, planned);
  const { KeyMetadata: key } = await client.call(
    'CreateKey',
    {
      ...bypass(planned),
      KeyUsage: textOf(planned, 'key_usage'),
      Description: textOf(planned, 'description'),
      MultiRegion: planned.multi_region === true ? true : undefined,
      Policy: policy === undefined ? undefined : normalPolicy(policy),
      Tags: tags.length === 0 ? undefined : tags,
      ...own,
    },
    region,
  );
  if (key === undefined) throw new Error('CreateKey answered without the key');
  return key;
}
