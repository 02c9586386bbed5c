/** Data source `aws_kms_aliases`. Aliases of AWS managed keys that were never used name no key, and are left out. */
import { awsKmsAliasesData as record } from '@keystead/provider-schema/data-sources/aws-kms-aliases.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { textOf } from '../resources/shared/values.ts';
import { listAliases, matchesName, passingKeys } from './key-lists.ts';

export const awsKmsAliasesData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const pattern = textOf(config, 'alias');
    const named = (await listAliases(client, region)).flatMap(({ AliasName, AliasArn, TargetKeyId }) =>
      AliasName !== undefined && TargetKeyId !== undefined && matchesName(pattern, AliasName)
        ? [{ name: AliasName, arn: AliasArn ?? null, target: TargetKeyId }]
        : [],
    );
    const passing = await passingKeys(client, config, [...new Set(named.map(({ target }) => target))], region);
    const aliases = named
      .filter(({ target }) => passing.has(target))
      .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
    return {
      ...config,
      arns: aliases.map(({ arn }) => arn),
      id: region,
      names: aliases.map(({ name }) => name),
      region,
      target_key_ids: aliases.map(({ target }) => target),
    };
  },
};
