/** DescribeCustomKeyStores. Source: AWS KMS API reference, the operation by name. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { CustomKeyStoresListEntry } from '@keystead/provider-schema/generated/types.ts';
import { Secret } from '@keystead/provider-schema/secret.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';
import type { Implementation } from '../../shared/implementation.ts';
import { listPage, pageInMemory } from '../../shared/paging.ts';
import { keyStoreNotFound } from './key-store.ts';

export const describeCustomKeyStores: Implementation<'DescribeCustomKeyStores'> = {
  check(_ctx, { CustomKeyStoreId: id, CustomKeyStoreName: name }) {
    if (id === undefined || name === undefined) return;
    throw new KmsError('ValidationException', 'Give CustomKeyStoreId or CustomKeyStoreName, not both.');
  },
  async run(ctx, input) {
    const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input;
    const all = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
    const asked = all.filter(
      (row) => (id === undefined || row.custom_key_store_id === id) && (name === undefined || row.name === name),
    );
    if (asked.length === 0 && (id ?? name) !== undefined) throw keyStoreNotFound(id ?? name ?? '');
    const idOf = (row: CustomKeyStoreRow) => row.custom_key_store_id;
    const request = { operation: 'DescribeCustomKeyStores', of: id ?? name ?? '', input } as const;
    const { rows, paging } = await listPage(ctx, request, pageInMemory(asked, idOf), idOf);
    return { output: { CustomKeyStores: rows.map(listEntry), ...paging } };
  },
};

function listEntry(row: CustomKeyStoreRow): CustomKeyStoresListEntry {
  return {
    CustomKeyStoreId: row.custom_key_store_id,
    CustomKeyStoreName: row.name,
    CustomKeyStoreType: row.type,
    ConnectionState: row.connection_state,
    CreationDate: new Date(row.created_at_ms),
    ...defined({
      ConnectionErrorCode: row.connection_error_code ?? undefined,
      CloudHsmClusterId: row.cloud_hsm_cluster_id ?? undefined,
      TrustAnchorCertificate: row.trust_anchor_certificate ?? undefined,
      XksProxyConfiguration: row.type === 'EXTERNAL_KEY_STORE' ? proxyConfiguration(row) : undefined,
    }),
  };
}

function proxyConfiguration(row: CustomKeyStoreRow): NonNullable<CustomKeyStoresListEntry['XksProxyConfiguration']> {
  const { xks_vpc_endpoint_service_name: service, xks_vpc_endpoint_service_owner: owner } = row;
  return defined({
    Connectivity: row.xks_connectivity ?? undefined,
    AccessKeyId: row.xks_access_key_id === null ? undefined : new Secret(row.xks_access_key_id),
    UriEndpoint: row.xks_uri_endpoint ?? undefined,
    UriPath: row.xks_uri_path ?? undefined,
    VpcEndpointServiceName: service ?? undefined,
    VpcEndpointServiceOwner: owner ?? undefined,
  });
}
