/**
 * What a custom key store stands on, in the words of the ports: a PKCS#11 token in the place of an AWS CloudHSM cluster,
 * or an external key store proxy. Asks them, and says their refusals in each operation's own codes.
 */
import { type ErrorCode, KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../context/context.ts';
import type { Cluster } from '../../context/key-store-engines.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { type XksFailureRow, xksFailures } from '../../domain/key-stores/xks-failures.ts';
import { HsmError, type TokenLogin, type WrappedMaterial } from '../../hsm/port/hsm.ts';
import type { CustomKeyStoreRow } from '../../storage/port/tables.ts';
import { XksError, type XksKeyRequestMetadata, type XksProxy, type XksRequestMetadata } from '../../xks/port/xks.ts';

type ProxyColumns = Pick<CustomKeyStoreRow, 'account_id' | 'region' | 'custom_key_store_id' | 'wrapped_secret'> & {
  readonly xks_access_key_id: string | null;
  readonly xks_uri_endpoint: string | null;
  readonly xks_uri_path: string | null;
};

export function proxyOf(row: ProxyColumns): XksProxy {
  return {
    accountId: row.account_id,
    region: row.region,
    keyStoreId: row.custom_key_store_id,
    uriEndpoint: row.xks_uri_endpoint ?? '',
    uriPath: row.xks_uri_path ?? '',
    accessKeyId: row.xks_access_key_id ?? '',
    wrappedSecret: row.wrapped_secret,
  };
}

export function loginOf(row: CustomKeyStoreRow): TokenLogin {
  return {
    accountId: row.account_id,
    keyStoreId: row.custom_key_store_id,
    clusterId: row.cloud_hsm_cluster_id ?? '',
    wrappedPassword: row.wrapped_secret,
  };
}

/** Material that lives in a token comes with the login to it. */
export function inItsToken(material: WrappedMaterial, { keyStore }: Pick<ResolvedKey, 'keyStore'>): WrappedMaterial {
  return keyStore?.type === 'AWS_CLOUDHSM' ? { ...material, token: loginOf(keyStore) } : material;
}

export const healthRequest = (ctx: Pick<Context, 'requestId'>, kmsOperation: string): XksRequestMetadata => ({
  kmsOperation,
  kmsRequestId: ctx.requestId,
});

export const keyRequest = (ctx: Context, kmsOperation: string): XksKeyRequestMetadata => ({
  ...healthRequest(ctx, kmsOperation),
  awsPrincipalArn: ctx.principal.arn,
});

/** A proxy's failure in the code of one kind of request; anything else as it is. */
export function refusalIn(column: Exclude<keyof XksFailureRow, 'message' | 'connection'>) {
  return (error: unknown): never => {
    if (!(error instanceof XksError)) throw error;
    const row: XksFailureRow = xksFailures[error.failure];
    throw new KmsError(row[column], row.message);
  };
}

/** The operator's token of that id, unless it is another account's. */
export function findCluster({ keyStores, accountId }: Context, clusterId: string): Cluster | undefined {
  const cluster = keyStores.clusters.get(clusterId);
  return cluster?.accountId === undefined || cluster.accountId === accountId ? cluster : undefined;
}

const clusterRefusals = {
  unknown: 'CloudHsmClusterNotFoundException',
  inactive: 'CloudHsmClusterNotActiveException',
  unfit: 'CloudHsmClusterInvalidConfigurationException',
} as const satisfies Record<string, ErrorCode>;

/** @throws KmsError CloudHsmClusterNotFoundException, …NotActiveException, …InvalidConfigurationException */
export async function requireCluster(ctx: Context, clusterId: string): Promise<Cluster> {
  const cluster = findCluster(ctx, clusterId);
  const status = cluster ? await ctx.hsm.tokenStatus(clusterId) : 'unknown';
  if (cluster && status === 'ready') return cluster;
  const code = clusterRefusals[status === 'ready' ? 'unknown' : status];
  throw new KmsError(code, messages.clusterNotUsable(clusterId, status));
}

/** CreateKey's word for a token that does not do what it should. */
export function clusterRefusal(error: unknown): never {
  if (!(error instanceof HsmError && error.kind.startsWith('token-'))) throw error;
  if (error.kind === 'token-no-session') throw error;
  const code =
    error.kind === 'token-unfit'
      ? 'CloudHsmClusterInvalidConfigurationException'
      : 'CustomKeyStoreInvalidStateException';
  throw new KmsError(code, messages.cloudHsmUnreachable);
}
