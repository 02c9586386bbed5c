/** Key stores of type AWS_CLOUDHSM: the checks of their cluster, and their columns. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import { keyStoreOwner, pkcs11LoginOf } from '../../../domain/key-stores/key-store-login.ts';
import { isSameCertificate, parseTrustAnchor } from '../../../domain/key-stores/trust-anchor.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';
import { requireCluster } from './cluster.ts';
import type { BaseRow, NewKeyStoreRow } from './key-store.ts';
import { type CreateInput, NO_SECRET, type UpdateInput } from './members.ts';

/** The store that an earlier, equal create request made, as long as it is disconnected. */
export async function findRetried(ctx: Context, input: CreateInput): Promise<CustomKeyStoreRow | undefined> {
  const { CloudHsmClusterId, TrustAnchorCertificate, KeyStorePassword } = input;
  if (CloudHsmClusterId === undefined || KeyStorePassword === undefined) return undefined;
  const rows = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
  const same = rows.find(
    (row) =>
      row.name === input.CustomKeyStoreName &&
      row.cloud_hsm_cluster_id === CloudHsmClusterId &&
      row.trust_anchor_certificate === TrustAnchorCertificate &&
      row.connection_state === 'DISCONNECTED',
  );
  return same && (await ctx.pkcs11.isKeyStorePassword(pkcs11LoginOf(same), KeyStorePassword)) ? same : undefined;
}

/** @throws KmsError CloudHsmCluster…Exception, IncorrectTrustAnchorException */
export async function newClusterStore(ctx: Context, base: BaseRow, input: CreateInput): Promise<NewKeyStoreRow> {
  const { CloudHsmClusterId = '', TrustAnchorCertificate = '', KeyStorePassword = NO_SECRET } = input;
  const cluster = await requireCluster(ctx, CloudHsmClusterId);
  if ((await ctx.store.listCustomKeyStoresOn({ cloud_hsm_cluster_id: CloudHsmClusterId })).length > 0) {
    throw new KmsError('CloudHsmClusterInUseException', messages.clusterInUse(CloudHsmClusterId));
  }
  requireTrustAnchor(TrustAnchorCertificate, cluster.trustAnchorCertificate);
  return {
    ...base,
    cloud_hsm_cluster_id: CloudHsmClusterId,
    trust_anchor_certificate: TrustAnchorCertificate,
    wrapped_secret: await ctx.pkcs11.wrapKeyStorePassword(keyStoreOwner(base), KeyStorePassword),
  };
}

/** @throws KmsError IncorrectTrustAnchorException */
function requireTrustAnchor(anchor: string, ofCluster: string | undefined): void {
  const fits = ofCluster === undefined ? parseTrustAnchor(anchor) !== undefined : isSameCertificate(anchor, ofCluster);
  if (!fits) throw new KmsError('IncorrectTrustAnchorException', messages.incorrectTrustAnchor);
}

/** @throws KmsError CloudHsmCluster…Exception */
export async function clusterChanges(ctx: Context, row: CustomKeyStoreRow, input: UpdateInput) {
  const { CloudHsmClusterId: clusterId = row.cloud_hsm_cluster_id ?? '', KeyStorePassword: password } = input;
  if (clusterId !== row.cloud_hsm_cluster_id) await requireRelatedCluster(ctx, row, clusterId);
  return {
    cloud_hsm_cluster_id: clusterId,
    ...(password !== undefined && {
      wrapped_secret: await ctx.pkcs11.wrapKeyStorePassword(keyStoreOwner(row), password),
    }),
  };
}

/** A cluster from the same backups has the same certificate, and so the same keys. */
async function requireRelatedCluster(ctx: Context, row: CustomKeyStoreRow, clusterId: string): Promise<void> {
  const { trustAnchorCertificate } = await requireCluster(ctx, clusterId);
  const related =
    trustAnchorCertificate !== undefined &&
    isSameCertificate(row.trust_anchor_certificate ?? '', trustAnchorCertificate) &&
    (await ctx.store.listCustomKeyStoresOn({ cloud_hsm_cluster_id: clusterId })).length === 0;
  if (!related) throw new KmsError('CloudHsmClusterNotRelatedException', messages.clusterNotRelated(clusterId));
}
