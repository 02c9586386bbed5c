/**
 * Deletes keys whose waiting period is over, with their aliases and grants and, in the last Region, the key material.
 * Source: AWS KMS Developer Guide, "Delete an AWS KMS key", "Deleting multi-Region keys".
 */

import { keyArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { serviceEventRecord } from '../audit/record.ts';
import { pkcs11LoginOf } from '../domain/key-stores/key-store-login.ts';
import { scheduleDeletion } from '../domain/keys/deletion.ts';
import { materialOwner } from '../domain/keys/material-owner.ts';
import type { WrappedMaterial } from '../hsm/port/wrapped-material.ts';
import { bumpRevision, keyChange, updateKey } from '../mutations/mutations.ts';
import type { Change } from '../storage/port/changes.ts';
import type { StoredKey } from '../storage/port/keys.ts';
import type { Mutation, Write } from '../storage/port/store.ts';
import type { KeyRow } from '../storage/port/tables.ts';
import type { JobContext, KeyJob } from './job.ts';

export const deleteDueKeys: KeyJob = {
  name: 'delete',
  due: (store, nowMs, limit) => store.listKeysDueForDeletion(nowMs, limit),
  async decide(ctx, key) {
    const { account_id, region, key_id } = key.regional;
    const related = await ctx.store.listRelatedKeys(account_id, key_id);
    const remaining = related.filter((row) => row.region !== region);
    const primary = waitingPrimary(key, remaining);
    const backing = await findBackingKey(ctx, key);
    return {
      mutations: [
        ...deleteRegional(key.regional),
        ...(remaining.length === 0 ? deleteShared(key) : [bumpRevision(key)]),
        ...(primary ? [startWindow(ctx, primary)] : []),
      ],
      changes: [keyChange(key, 'deleted', 'DeleteKey'), ...(primary ? [windowStarted(primary)] : [])],
      audit: [deleteKeyEvent(ctx, key, backing?.eventData)],
      ...(backing && { finish: async () => destroyBackingKey(ctx, key, backing) }),
    };
  },
};

/** The primary that waits for its replicas, when the key being deleted is the last of them. */
function waitingPrimary({ shared }: StoredKey, remaining: readonly KeyRow[]): KeyRow | undefined {
  const [only, ...others] = remaining;
  const waits = only?.state === 'PendingReplicaDeletion' && only.region === shared.primary_region;
  return waits && others.length === 0 ? only : undefined;
}

function deleteRegional({ account_id, region, key_id, revision }: KeyRow): readonly Mutation[] {
  return [
    { op: 'delete', table: 'keys', key: { account_id, region, key_id }, revision },
    { op: 'deleteAll', table: 'aliases', where: { account_id, region, target_key_id: key_id } },
    { op: 'deleteAll', table: 'grants', where: { account_id, region, key_id } },
    { op: 'deleteAll', table: 'key_usage', where: { account_id, region, key_id } },
    { op: 'deleteAll', table: 'key_users', where: { account_id, region, key_id } },
    { op: 'deleteAll', table: 'imported_materials', where: { account_id, region, key_id } },
  ];
}

/** After this, nothing can decrypt what the key encrypted. */
function deleteShared({ shared }: StoredKey): readonly Mutation[] {
  const { account_id, key_id, revision } = shared;
  return [
    { op: 'delete', table: 'key_sets', key: { account_id, key_id }, revision },
    { op: 'deleteAll', table: 'key_materials', where: { account_id, key_id } },
  ];
}

function startWindow(ctx: JobContext, primary: KeyRow): Mutation {
  const windowInDays = primary.pending_window_in_days;
  if (windowInDays === null) throw new Error(`key ${primary.key_id} waits for its replicas without a waiting period`);
  return updateKey({ regional: primary }, scheduleDeletion(windowInDays, ctx.nowMs, false));
}

function windowStarted(primary: KeyRow): Change {
  return keyChange({ regional: primary }, 'updated', 'DeleteKey');
}

function deleteKeyEvent(
  ctx: JobContext,
  { regional }: StoredKey,
  additionalEventData?: Readonly<Record<string, unknown>>,
) {
  const { account_id: accountId, region, key_id: keyId } = regional;
  return serviceEventRecord({
    eventName: 'DeleteKey',
    awsRegion: region,
    accountId,
    nowMs: ctx.nowMs,
    requestId: ctx.requestId,
    serviceEventDetails: { keyId },
    ...defined({ additionalEventData }),
    resources: [{ accountId, type: 'AWS::KMS::Key', ARN: keyArn(region, accountId, keyId) }],
  });
}

interface BackingKey {
  /** With the login to its token. */
  readonly material: WrappedMaterial;
  readonly isConnected: boolean;
  readonly backingKeyId: string;
  readonly eventData: Readonly<Record<string, unknown>>;
}

/** The key in the PKCS#11 token; undefined for keys of another origin. */
async function findBackingKey({ store, pkcs11 }: JobContext, key: StoredKey): Promise<BackingKey | undefined> {
  const { account_id, region, key_id } = key.regional;
  const { custom_key_store_id: customKeyStoreId, origin } = key.shared;
  if (origin !== 'AWS_CLOUDHSM' || customKeyStoreId === null) return undefined;
  const keyStore = await store.findCustomKeyStore(account_id, region, customKeyStoreId);
  const [row] = await store.listMaterials(account_id, key_id);
  if (!keyStore || !row?.wrapped) return undefined;
  const clusterId = keyStore.cloud_hsm_cluster_id ?? '';
  const { material_id: materialId, wrapped } = row;
  const material = { ...materialOwner(key), materialId, wrapped, pkcs11Login: pkcs11LoginOf(keyStore) };
  const backingKeyId = await pkcs11.backingKeyId(material);
  const backingKeys = JSON.stringify([{ backingKeyId }]);
  return {
    material,
    backingKeyId,
    isConnected: keyStore.connection_state === 'CONNECTED',
    eventData: { customKeyStoreId, clusterId, backingKeys },
  };
}

/** Runs after the deletion is written, because the deletion could be cancelled until then. */
async function destroyBackingKey(ctx: JobContext, key: StoredKey, backing: BackingKey): Promise<Write> {
  const { material, isConnected, backingKeyId, eventData } = backing;
  const destroyed = isConnected && (await ctx.pkcs11.destroyPkcs11Key(material).catch(() => false));
  const status = [{ backingKeyId, deletionStatus: destroyed ? 'SUCCESS' : 'FAILURE' }];
  const event = deleteKeyEvent(ctx, key, { ...eventData, backingKeysDeletionStatus: JSON.stringify(status) });
  return { mutations: [], changes: [], audit: [event] };
}
