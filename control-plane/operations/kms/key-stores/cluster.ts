/** A PKCS#11 token takes the place of an AWS CloudHSM cluster. Its failures are mapped to each operation's codes. */
import { type ErrorCode, KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import type { Cluster } from '../../../context/key-store-engines.ts';
import type { ResolvedKey } from '../../../context/resolved-key.ts';
import { pkcs11LoginOf } from '../../../domain/key-stores/key-store-login.ts';
import { HsmError } from '../../../hsm/port/hsm-error.ts';
import type { WrappedMaterial } from '../../../hsm/port/wrapped-material.ts';

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
  const status = cluster ? await ctx.pkcs11.pkcs11TokenStatus(clusterId) : 'unknown';
  if (cluster && status === 'ready') return cluster;
  const code = clusterRefusals[status === 'ready' ? 'unknown' : status];
  throw new KmsError(code, messages.clusterNotUsable(clusterId, status));
}

/** Maps a failure of the token to the codes of CreateKey and GenerateRandom. @throws any other error as it is */
export function clusterRefusal(error: unknown): never {
  if (!(error instanceof HsmError && error.kind.startsWith('pkcs11-'))) throw error;
  if (error.kind === 'pkcs11-no-session') throw error;
  const code =
    error.kind === 'pkcs11-token-unfit'
      ? 'CloudHsmClusterInvalidConfigurationException'
      : 'CustomKeyStoreInvalidStateException';
  throw new KmsError(code, messages.cloudHsmUnreachable);
}
