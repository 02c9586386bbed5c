/** Data source `aws_kms_key`. Unlike the resource it finds keys that wait for their deletion, too. */
import { awsKmsKeyData as record } from '@keystead/provider-schema/data-sources/aws-kms-key.ts';
import type { OutputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import type { ObjectValue, Value } from '../engine/value.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { requireText, textsOf } from '../resources/shared/values.ts';
import { rfc3339 } from './times.ts';

type KeyMetadata = NonNullable<OutputJson<'DescribeKey'>['KeyMetadata']>;

export const awsKmsKeyData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const keyId = requireText(config, 'key_id');
    const grantTokens = textsOf(config, 'grant_tokens');
    const input = { KeyId: keyId, GrantTokens: grantTokens.length === 0 ? undefined : grantTokens };
    const { KeyMetadata: key } = await attempt(`reading KMS Key (${keyId})`, ['key_id'], () =>
      client.read('DescribeKey', input, region),
    );
    if (key === undefined) throw new Error('DescribeKey answered without the key');
    return { ...config, ...attributesOf(key), region };
  },
};

function attributesOf(key: KeyMetadata): ObjectValue {
  return {
    arn: key.Arn ?? null,
    aws_account_id: key.AWSAccountId ?? null,
    cloud_hsm_cluster_id: key.CloudHsmClusterId ?? '',
    creation_date: rfc3339(key.CreationDate),
    custom_key_store_id: key.CustomKeyStoreId ?? '',
    customer_master_key_spec: key.KeySpec ?? null,
    deletion_date: rfc3339(key.DeletionDate),
    description: key.Description ?? '',
    enabled: key.Enabled ?? false,
    expiration_model: key.ExpirationModel ?? '',
    id: key.KeyId,
    key_manager: key.KeyManager ?? null,
    key_spec: key.KeySpec ?? null,
    key_state: key.KeyState ?? null,
    key_usage: key.KeyUsage ?? null,
    multi_region: key.MultiRegion ?? false,
    multi_region_configuration: multiRegionOf(key),
    origin: key.Origin ?? null,
    pending_deletion_window_in_days: key.PendingDeletionWindowInDays ?? 0,
    valid_to: rfc3339(key.ValidTo),
    xks_key_configuration: key.XksKeyConfiguration === undefined ? [] : [{ id: key.XksKeyConfiguration.Id ?? null }],
  };
}

function multiRegionOf({ MultiRegionConfiguration: regions }: KeyMetadata): Value {
  if (regions === undefined) return [];
  const place = (key: { readonly Arn?: string | undefined; readonly Region?: string | undefined }): ObjectValue => ({
    arn: key.Arn ?? null,
    region: key.Region ?? null,
  });
  return [
    {
      multi_region_key_type: regions.MultiRegionKeyType ?? null,
      primary_key: regions.PrimaryKey === undefined ? [] : [place(regions.PrimaryKey)],
      replica_keys: (regions.ReplicaKeys ?? []).map(place),
    },
  ];
}
