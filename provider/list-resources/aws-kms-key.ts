/** List resource `aws_kms_key`: every key of the account and Region that the resource can manage. */
import { aws_kms_key as record } from '@keystead/provider-schema/list-resources/index.ts';
import type { Client } from '../client/client.ts';
import type { ListResourceType } from '../engine/resource.ts';
import { awsKmsKey } from '../resources/aws-kms-key.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { entriesOf } from './pages.ts';
import { readListed } from './read-listed.ts';

export const awsKmsKeyList: ListResourceType<Client> = {
  record,

  async *list(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const page = (Marker: string | undefined) =>
      attempt('listing KMS Keys', undefined, () => client.call('ListKeys', { Limit: 100, Marker }, region));
    for await (const { KeyId } of entriesOf(page, ({ Keys }) => Keys)) {
      if (KeyId !== undefined) yield await readListed(awsKmsKey, client, { displayName: KeyId, id: KeyId, region });
    }
  },
};
