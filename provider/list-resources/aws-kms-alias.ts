/** List resource `aws_kms_alias`. The listing has everything, so no alias is read again. */
import { aws_kms_alias as record } from '@keystead/provider-schema/list-resources/index.ts';
import type { Client } from '../client/client.ts';
import type { ListResourceType } from '../engine/resource.ts';
import { aliasState } from '../resources/aws-kms-alias.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { entriesOf } from './pages.ts';

export const awsKmsAliasList: ListResourceType<Client> = {
  record,

  async *list(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const page = (Marker: string | undefined) =>
      attempt('listing KMS Aliases', undefined, () => client.call('ListAliases', { Limit: 100, Marker }, region));
    for await (const entry of entriesOf(page, ({ Aliases }) => Aliases)) {
      const displayName = entry.AliasName ?? '';
      const state = displayName.startsWith('alias/aws/') ? null : aliasState(entry, region);
      yield state === null ? { leftOut: `${displayName} is not the account's own` } : { displayName, state };
    }
  },
};
