/**
 * What both kinds of replica key share: they are made in the Region of their primary key, and never in the same one.
 */
import type { Client } from '../../client/client.ts';
import type { Diagnostic } from '../../engine/resource.ts';
import type { ObjectValue } from '../../engine/value.ts';
import type { KeyTraits } from './key-resource.ts';
import { bypass, type KeyMetadata, keyIdOf, parseArn } from './keys.ts';
import { tagsToCreate } from './tags.ts';
import { requireText, textOf } from './values.ts';

/** Found at plan time, before the primary key is made. */
function sameRegion(planned: ObjectValue): readonly Diagnostic[] {
  const primary = textOf(planned, 'primary_key_arn');
  const region = textOf(planned, 'region');
  if (primary === undefined || region === undefined || parseArn(primary).region !== region) return [];
  return [
    {
      severity: 'error',
      summary: 'The replica would be in the Region of its primary key',
      detail: `Both are in ${region}. Set region, or the provider of this resource, to another Region.`,
      path: ['region'],
    },
  ];
}

async function replicate(client: Client, planned: ObjectValue, region: string): Promise<KeyMetadata> {
  const primary = requireText(planned, 'primary_key_arn');
  const tags = tagsToCreate(client.tags, planned);
  const { ReplicaKeyMetadata: key } = await client.call(
    'ReplicateKey',
    {
      ...bypass(planned),
      KeyId: keyIdOf(primary),
      ReplicaRegion: region,
      Description: textOf(planned, 'description'),
      Policy: textOf(planned, 'policy'),
      Tags: tags.length === 0 ? undefined : tags,
    },
    parseArn(primary).region,
  );
  if (key === undefined) throw new Error('ReplicateKey answered without the replica key');
  return key;
}

/** What replica keys have in common. */
export const replicaTraits = {
  errors: sameRegion,
  make: replicate,
  makePath: ['primary_key_arn'],
} satisfies Partial<KeyTraits>;
