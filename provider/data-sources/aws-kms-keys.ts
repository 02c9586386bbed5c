/** Data source `aws_kms_keys`. */
import { awsKmsKeysData as record } from '@keystead/provider-schema/data-sources/aws-kms-keys.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { textOf } from '../resources/shared/values.ts';
import { listAliases, listKeys, matchesName, passingKeys } from './key-lists.ts';

export const awsKmsKeysData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const keys = await listKeys(client, region);
    const alias = textOf(config, 'alias');
    const named = alias === undefined ? undefined : await targetsOf(client, alias, region);
    const candidates = [...keys.keys()].filter((id) => named?.has(id) ?? true).sort();
    const passing = await passingKeys(client, config, candidates, region);
    const ids = candidates.filter((id) => passing.has(id));
    return { ...config, arns: ids.map((id) => keys.get(id) ?? null), id: region, ids, region };
  },
};

async function targetsOf(client: Client, pattern: string, region: string): Promise<ReadonlySet<string | undefined>> {
  const aliases = await listAliases(client, region);
  return new Set(aliases.filter(({ AliasName = '' }) => matchesName(pattern, AliasName)).map((a) => a.TargetKeyId));
}
