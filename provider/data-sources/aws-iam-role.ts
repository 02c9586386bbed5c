/** Data source `aws_iam_role`. */
import { awsIamRoleData as record } from '@keystead/provider-schema/data-sources/aws-iam-role.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { regionOf } from '../resources/shared/region.ts';
import { visibleIdentityTags } from '../resources/shared/tags.ts';
import { requireText } from '../resources/shared/values.ts';
import { rfc3339 } from './times.ts';

export const awsIamRoleData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    const name = requireText(config, 'name');
    const { Role } = await attempt(`reading IAM Role (${name})`, ['name'], () =>
      client.read('GetRole', { RoleName: name }, regionOf(client, {})),
    );
    return {
      arn: Role.Arn,
      assume_role_policy: Role.AssumeRolePolicyDocument ?? '',
      create_date: rfc3339(Role.CreateDate),
      description: Role.Description ?? '',
      id: Role.RoleName,
      max_session_duration: Role.MaxSessionDuration ?? null,
      name: Role.RoleName,
      path: Role.Path,
      permissions_boundary: Role.PermissionsBoundary?.PermissionsBoundaryArn ?? '',
      role_last_used: [],
      tags: visibleIdentityTags(client.tags, Role.Tags),
      unique_id: Role.RoleId,
    };
  },
};
