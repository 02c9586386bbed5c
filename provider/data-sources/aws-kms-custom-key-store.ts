/** Data source `aws_kms_custom_key_store`: found by id or by name, or as the only one. */
import { awsKmsCustomKeyStoreData as record } from '@keystead/provider-schema/data-sources/aws-kms-custom-key-store.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { textOf } from '../resources/shared/values.ts';
import { rfc3339 } from './times.ts';

export const awsKmsCustomKeyStoreData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const id = textOf(config, 'custom_key_store_id');
    const name = textOf(config, 'custom_key_store_name');
    const reading = `reading KMS Custom Key Store (${id ?? name ?? 'the only one'})`;
    const { CustomKeyStores = [] } = await attempt(reading, undefined, () =>
      client.call('DescribeCustomKeyStores', { CustomKeyStoreId: id, CustomKeyStoreName: name }, region),
    );
    const [store, ...others] = CustomKeyStores;
    if (store === undefined || others.length > 0) {
      const detail =
        `There are ${CustomKeyStores.length} custom key stores in Region ${region}. ` +
        'Name one with custom_key_store_id or custom_key_store_name.';
      throw new DiagnosticError([{ severity: 'error', summary: reading, detail }]);
    }
    return {
      cloud_hsm_cluster_id: store.CloudHsmClusterId ?? '',
      connection_state: store.ConnectionState ?? null,
      creation_date: rfc3339(store.CreationDate),
      custom_key_store_id: store.CustomKeyStoreId ?? null,
      custom_key_store_name: store.CustomKeyStoreName ?? null,
      id: store.CustomKeyStoreId ?? null,
      region,
      trust_anchor_certificate: store.TrustAnchorCertificate ?? '',
    };
  },
};
