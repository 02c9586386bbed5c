/**
 * ConnectCustomKeyStore and DisconnectCustomKeyStore. Connecting takes time, so the operations only set the state and a
 * job does the work (jobs/connect.ts). Source: AWS KMS API reference, the operations by name.
 */
import type { Context } from '../../../context/context.ts';
import { requireTransition } from '../../../domain/key-stores/key-store.ts';
import { keyStoreChange, updateKeyStore } from '../../../mutations/mutations.ts';
import type { CustomKeyStoreRow } from '../../../storage/port/tables.ts';
import type { Implementation } from '../../shared/implementation.ts';
import { findCluster, requireCluster } from './cluster.ts';
import { keyStoreAudit, requireKeyStore } from './key-store.ts';

export const connectCustomKeyStore: Implementation<'ConnectCustomKeyStore'> = {
  async run(ctx, { CustomKeyStoreId }) {
    const row = await requireKeyStore(ctx, CustomKeyStoreId);
    const state = requireTransition(row, 'ConnectCustomKeyStore');
    if (state === row.connection_state) return { output: {}, audit: keyStoreAudit(row) };
    if (row.cloud_hsm_cluster_id !== null) await requireConnectable(ctx, row.cloud_hsm_cluster_id);
    return connectionChange(ctx, row, state, 'ConnectCustomKeyStore');
  },
};

export const disconnectCustomKeyStore: Implementation<'DisconnectCustomKeyStore'> = {
  async run(ctx, { CustomKeyStoreId }) {
    const row = await requireKeyStore(ctx, CustomKeyStoreId);
    return connectionChange(ctx, row, requireTransition(row, 'DisconnectCustomKeyStore'), 'DisconnectCustomKeyStore');
  },
};

function connectionChange(
  { requestId }: Context,
  row: CustomKeyStoreRow,
  state: CustomKeyStoreRow['connection_state'],
  eventName: string,
) {
  const isForJobs = state !== 'DISCONNECTED';
  const set = {
    connection_state: state,
    connection_error_code: null,
    connection_request_id: isForJobs ? requestId : null,
  };
  return {
    output: {},
    mutations: [updateKeyStore(row, set)],
    changes: [keyStoreChange(row, 'updated', eventName)],
    audit: keyStoreAudit(row),
    ...(isForJobs && { wakesJobs: true as const }),
  };
}

/** Checks what AWS refuses at once, before the store is CONNECTING; other problems show while it connects. */
async function requireConnectable(ctx: Context, clusterId: string): Promise<void> {
  if (!findCluster(ctx, clusterId)) return;
  const { status } = await ctx.pkcs11.pkcs11TokenStatus(clusterId);
  if (status !== 'unknown') await requireCluster(ctx, clusterId);
}
