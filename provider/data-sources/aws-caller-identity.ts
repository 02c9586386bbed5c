/** Data source `aws_caller_identity`: the principal whose credentials sign the provider's requests. */
import { awsCallerIdentityData as record } from '@keystead/provider-schema/data-sources/aws-caller-identity.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { regionOf } from '../resources/shared/region.ts';

export const awsCallerIdentityData: DataSourceType<Client> = {
  record,

  async read(client) {
    const { Account, Arn, UserId } = await attempt('reading the caller identity', undefined, () =>
      client.read('GetCallerIdentity', {}, regionOf(client, {})),
    );
    return { account_id: Account, arn: Arn, id: Account, user_id: UserId };
  },
};
