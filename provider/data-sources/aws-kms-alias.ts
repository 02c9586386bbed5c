/** Data source `aws_kms_alias`. An alias whose key waits for deletion is an error, not an answer. */
import { awsKmsAliasData as record } from '@keystead/provider-schema/data-sources/aws-kms-alias.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError } from '../engine/resource.ts';
import { findAlias } from '../resources/aws-kms-alias.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { requireText } from '../resources/shared/values.ts';

export const awsKmsAliasData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const name = requireText(config, 'name');
    const reading = `reading KMS Alias (${name})`;
    const alias = await attempt(reading, ['name'], () => findAlias(client, name, region, undefined));
    if (alias === undefined) {
      const detail = `The alias does not exist in Region ${region}. Check the name, the Region and the account.`;
      throw new DiagnosticError([{ severity: 'error', summary: reading, detail, path: ['name'] }]);
    }
    const { KeyMetadata: target } = await attempt(reading, ['name'], () =>
      client.read('DescribeKey', { KeyId: name }, region),
    );
    if (target?.KeyState === 'PendingDeletion' || target?.KeyState === 'PendingReplicaDeletion') {
      const detail = `Its key ${target.KeyId} waits for deletion. Point the alias at another key, or cancel the deletion.`;
      throw new DiagnosticError([{ severity: 'error', summary: reading, detail, path: ['name'] }]);
    }
    return {
      arn: alias.AliasArn ?? null,
      id: alias.AliasArn ?? null,
      name,
      region,
      target_key_arn: target?.Arn ?? null,
      target_key_id: target?.KeyId ?? null,
    };
  },
};
