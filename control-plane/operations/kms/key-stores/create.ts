/** CreateCustomKeyStore. Source: AWS KMS API reference, the operation by name. */
import { randomBytes } from 'node:crypto';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../../../context/context.ts';
import type { Outcome } from '../../../context/outcome.ts';
import { keyStoreChange } from '../../../mutations/mutations.ts';
import type { Implementation } from '../../shared/implementation.ts';
import { findRetried, newClusterStore } from './cluster-store.ts';
import { newExternalStore } from './external-store.ts';
import { type BaseRow, type NewKeyStoreRow, requireFreeName } from './key-store.ts';
import { type CreateInput, requireMembersOfType, typeOf } from './members.ts';

export const createCustomKeyStore: Implementation<'CreateCustomKeyStore'> = {
  check(_ctx, input) {
    requireMembersOfType(input);
  },
  async run(ctx, input) {
    const retried = await findRetried(ctx, input);
    if (retried) return created(retried, []);
    await requireFreeName(ctx, input.CustomKeyStoreName);
    await requireRoom(ctx);
    const base = baseRow(ctx, input);
    const row =
      base.type === 'AWS_CLOUDHSM' ? await newClusterStore(ctx, base, input) : await newExternalStore(ctx, base, input);
    return created(row, [{ op: 'insert', table: 'custom_key_stores', row }]);
  },
};

function created(row: NewKeyStoreRow, mutations: NonNullable<Outcome<unknown>['mutations']>) {
  const output = { CustomKeyStoreId: row.custom_key_store_id };
  return {
    output,
    mutations,
    changes: mutations.length > 0 ? [keyStoreChange(row, 'created', 'CreateCustomKeyStore')] : [],
    audit: { responseElements: { customKeyStoreId: row.custom_key_store_id } },
  };
}

/** Concurrent creations can exceed the limit by as many as run at once, as with keys. */
async function requireRoom(ctx: Context): Promise<void> {
  const { customKeyStoresPerRegion: quota } = ctx.quotas;
  if (quota === undefined) return;
  const rows = await ctx.store.listCustomKeyStores(ctx.accountId, ctx.region);
  if (rows.length < quota) return;
  throw new KmsError(
    'LimitExceededException',
    `The account has ${quota} custom key stores in ${ctx.region}, which is the limit.`,
  );
}

/** The columns of every key store; those of its type are filled in later. */
function baseRow(ctx: Context, input: CreateInput): BaseRow {
  return {
    account_id: ctx.accountId,
    region: ctx.region,
    custom_key_store_id: `cks-${randomBytes(9).toString('hex').slice(1)}`,
    name: input.CustomKeyStoreName,
    type: typeOf(input),
    connection_state: 'DISCONNECTED',
    connection_error_code: null,
    connection_request_id: null,
    created_at_ms: ctx.nowMs,
    cloud_hsm_cluster_id: null,
    trust_anchor_certificate: null,
    xks_connectivity: null,
    xks_access_key_id: null,
    xks_uri_endpoint: null,
    xks_uri_path: null,
    xks_vpc_endpoint_service_name: null,
    xks_vpc_endpoint_service_owner: null,
  };
}
