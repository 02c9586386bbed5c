/**
 * Data source `aws_iam_session_context`: the role of a session, with the path that the session's ARN lacks. It asks
 * only about sessions of the caller's account.
 */
import { parseArn } from '@keystead/provider-schema/arn.ts';
import { awsIamSessionContextData as record } from '@keystead/provider-schema/data-sources/aws-iam-session-context.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { regionOf } from '../resources/shared/region.ts';
import { requireArn } from './arns.ts';

export const awsIamSessionContextData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    const arn = String(config.arn);
    const { service, resource } = requireArn(parseArn(arn), arn);
    const [kind, roleName = '', ...session] = resource.split('/');
    if (service !== 'sts' || kind !== 'assumed-role' || session.length === 0) {
      return { arn, id: arn, issuer_arn: arn, issuer_id: '', issuer_name: '', session_name: '' };
    }
    const { Role } = await attempt(`reading the role of the session (${arn})`, ['arn'], () =>
      client.read('GetRole', { RoleName: roleName }, regionOf(client, {})),
    );
    return {
      arn,
      id: arn,
      issuer_arn: Role.Arn,
      issuer_id: Role.RoleId,
      issuer_name: roleName,
      session_name: session.join('/'),
    };
  },
};
