/** A PKCS#11 token takes the place of an AWS CloudHSM cluster. Its failures are mapped to each operation's codes. */
import { defined } from '@keystead/provider-schema/defined.ts';
import { type ErrorCode, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import type { Cluster } from '../../../context/key-store-engines.ts';
import { KeyStoreRefusal } from '../../../context/key-store-refusal.ts';
import type { ResolvedKey } from '../../../context/resolved-key.ts';
import { pkcs11LoginOf } from '../../../domain/key-stores/key-store-login.ts';
import { HsmError } from '../../../hsm/port/hsm-error.ts';
import type { Pkcs11TokenReport } from '../../../hsm/port/pkcs11.ts';
import type { WrappedMaterial } from '../../../hsm/port/wrapped-material.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';

/** Adds the login to material that is in a PKCS#11 token. */
export function inItsPkcs11Token(
  material: WrappedMaterial,
  { keyStore }: Pick<ResolvedKey, 'keyStore'>,
): WrappedMaterial {
  return keyStore?.type === 'AWS_CLOUDHSM' ? { ...material, pkcs11Login: pkcs11LoginOf(keyStore) } : material;
}

/** The configured token with this id, unless it belongs to another account. */
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
  const report = cluster ? await ctx.pkcs11.pkcs11TokenStatus(clusterId) : notOurs(clusterId);
  if (cluster && report.status === 'ready') return cluster;
  const status = report.status === 'ready' ? 'unknown' : report.status;
  const { cause = 'the token is ready' } = report;
  throw new KeyStoreRefusal(clusterRefusals[status], messages.clusterNotUsable(clusterId, status), {
    clusterId,
    cause,
  });
}

/** As for a token that is not configured: other accounts do not learn which ones there are. */
const notOurs = (clusterId: string): Pkcs11TokenReport => ({
  status: 'unknown',
  cause: `no PKCS#11 token is configured for ${clusterId} and this account`,
});

/** Maps a failure of the token to the codes of CreateKey and GenerateRandom. Other errors are thrown as they are. */
export function clusterRefusal({ custom_key_store_id: customKeyStoreId, cloud_hsm_cluster_id }: CustomKeyStoreRow) {
  return (error: unknown): never => {
    if (!(error instanceof HsmError && error.kind.startsWith('pkcs11-'))) throw error;
    if (error.kind === 'pkcs11-no-session') throw error;
    const code =
      error.kind === 'pkcs11-token-unfit'
        ? 'CloudHsmClusterInvalidConfigurationException'
        : 'CustomKeyStoreInvalidStateException';
    throw new KeyStoreRefusal(code, messages.cloudHsmUnreachable, {
      customKeyStoreId,
      ...defined({ clusterId: cloud_hsm_cluster_id ?? undefined }),
      cause: error.message,
    });
  };
}
