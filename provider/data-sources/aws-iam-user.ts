/** Data source `aws_iam_user`. */
import { awsIamUserData as record } from '@keystead/provider-schema/data-sources/aws-iam-user.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { regionOf } from '../resources/shared/region.ts';
import { visibleIdentityTags } from '../resources/shared/tags.ts';
import { requireText } from '../resources/shared/values.ts';

export const awsIamUserData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    const name = requireText(config, 'user_name');
    const { User } = await attempt(`reading IAM User (${name})`, ['user_name'], () =>
      client.read('GetUser', { UserName: name }, regionOf(client, {})),
    );
    return {
      arn: User.Arn,
      id: User.UserId,
      path: User.Path ?? '',
      permissions_boundary: User.PermissionsBoundary?.PermissionsBoundaryArn ?? '',
      tags: visibleIdentityTags(client.tags, User.Tags),
      user_id: User.UserId,
      user_name: User.UserName ?? name,
    };
  },
};
