/**
 * Deletion of keys whose waiting period is over, with all that is theirs: aliases, grants and, with the last Region,
 * the key material. Source: AWS KMS Developer Guide, "Delete an AWS KMS key", "Deleting multi-Region keys".
 */
import { serviceEventRecord } from '../audit.ts';
import { keyArn } from '../domain/arn.ts';
import { scheduleDeletion } from '../domain/deletion.ts';
import { keyChange, takeTurns, updateKey } from '../mutations.ts';
import type { Change, Mutation, StoredKey, Write } from '../storage/store.ts';
import type { KeyRow } from '../storage/tables.ts';
import type { JobContext, KeyJob } from './job.ts';

export const deleteDueKeys: KeyJob = {
  name: 'delete',
  due: (store, nowMs, limit) => store.listKeysDueForDeletion(nowMs, limit),
  async decide(ctx, key): Promise<Write> {
    const { account_id, region, key_id } = key.regional;
    const related = await ctx.store.listRelatedKeys(account_id, key_id);
    const remaining = related.filter((row) => row.region !== region);
    const primary = waitingPrimary(key, remaining);
    return {
      mutations: [
        ...deleteRegional(key.regional),
        ...(remaining.length === 0 ? deleteShared(key) : [takeTurns(key)]),
        ...(primary ? [startWindow(ctx, primary)] : []),
      ],
      changes: [keyChange(key, 'deleted', 'DeleteKey'), ...(primary ? [windowStarted(primary)] : [])],
      audit: [deleteKeyEvent(ctx, key)],
    };
  },
};

/** The primary that waited for its last replica, when that is the key being deleted. */
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
    { op: 'deleteAll', table: 'imported_materials', where: { account_id, region, key_id } },
  ];
}

/** From here on nothing can open what the key encrypted. */
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

function deleteKeyEvent(ctx: JobContext, { regional }: StoredKey) {
  const { account_id: accountId, region, key_id: keyId } = regional;
  return serviceEventRecord({
    eventName: 'DeleteKey',
    awsRegion: region,
    accountId,
    nowMs: ctx.nowMs,
    requestId: ctx.requestId,
    serviceEventDetails: { keyId },
    resources: [{ accountId, type: 'AWS::KMS::Key', ARN: keyArn(region, accountId, keyId) }],
  });
}
