/** Data source `aws_iam_policy`: a policy of the account or of AWS, with the document in force. */

import { awsIamPolicyData as record } from '@keystead/provider-schema/data-sources/aws-iam-policy.ts';
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { attempt } from '../resources/shared/failures.ts';
import { regionOf } from '../resources/shared/region.ts';
import { visibleIdentityTags } from '../resources/shared/tags.ts';
import { textOf } from '../resources/shared/values.ts';
import { everyPage } from './pages.ts';

type Policies = NonNullable<OutputJson<'ListPolicies'>['Policies']>;

export const awsIamPolicyData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    const region = regionOf(client, {});
    const PolicyArn = textOf(config, 'arn') ?? (await arnOf(client, config, region));
    const reading = `reading IAM Policy (${PolicyArn})`;
    const { Policy: policy } = await attempt(reading, undefined, () => client.read('GetPolicy', { PolicyArn }, region));
    const VersionId = policy?.DefaultVersionId ?? '';
    const { PolicyVersion: version } = await attempt(reading, undefined, () =>
      client.read('GetPolicyVersion', { PolicyArn, VersionId }, region),
    );
    return {
      arn: PolicyArn,
      attachment_count: policy?.AttachmentCount ?? 0,
      description: policy?.Description ?? '',
      id: PolicyArn,
      name: policy?.PolicyName ?? null,
      path: policy?.Path ?? null,
      path_prefix: config.path_prefix ?? null,
      policy: version?.Document ?? null,
      policy_id: policy?.PolicyId ?? null,
      tags: visibleIdentityTags(client.tags, policy?.Tags),
    };
  },
};

/** ARN of the only policy with this name and path prefix. @throws DiagnosticError */
async function arnOf(client: Client, config: ObjectValue, region: string): Promise<string> {
  const name = textOf(config, 'name');
  const pathPrefix = textOf(config, 'path_prefix');
  const wanted = `name ${name ?? '(any)'}${pathPrefix === undefined ? '' : ` and path prefix ${pathPrefix}`}`;
  const policies = await attempt(`finding IAM Policy (${wanted})`, ['name'], () =>
    everyPage(async (Marker): Promise<{ items: Policies; next: string | undefined }> => {
      const page = await client.call('ListPolicies', { Marker, PathPrefix: pathPrefix }, region);
      return { items: page.Policies ?? [], next: page.IsTruncated === true ? page.Marker : undefined };
    }),
  );
  const [found, ...others] = policies.filter(({ PolicyName }) => name === undefined || PolicyName === name);
  if (found?.Arn !== undefined && others.length === 0) return found.Arn;
  const count = found === undefined ? 'No policy has' : `${others.length + 1} policies have`;
  const detail = `${count} ${wanted}. Name one policy with arn, or with name and path_prefix.`;
  throw new DiagnosticError([{ severity: 'error', summary: 'IAM Policy not found', detail, path: ['name'] }]);
}
