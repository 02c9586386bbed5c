/** Deletion of keys after a waiting period. Source: AWS KMS API reference, ScheduleKeyDeletion, CancelKeyDeletion. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { deletionOperations } from '@keystead/provider-schema/operations/kms/deletion.ts';
import { trailElements } from '../../audit/event-form.ts';
import { cancelDeletion, requirePendingWindow, scheduleDeletion } from '../../domain/keys/deletion.ts';
import { requireUnprotected } from '../../domain/keys/deletion-protection.ts';
import { keyChange, requireUnchangedKeySet, updateKey } from '../../mutations/mutations.ts';
import { type Implementation, type Implementations, resolvedKey } from '../shared/implementation.ts';
import { hasMaterial } from './key-material.ts';
import { regionsOf } from './keys.ts';

const scheduleKeyDeletion: Implementation<'ScheduleKeyDeletion'> = {
  check(_ctx, input) {
    requirePendingWindow(input.PendingWindowInDays);
  },
  async run(ctx, input, keys) {
    const key = resolvedKey(keys);
    requireUnprotected(key);
    const windowInDays = requirePendingWindow(input.PendingWindowInDays);
    const isPrimary = key.shared.primary_region === key.regional.region;
    const hasReplicas = isPrimary && (await regionsOf(ctx, key)).length > 1;
    const plan = scheduleDeletion(windowInDays, ctx.nowMs, hasReplicas);
    const output = {
      KeyId: key.arn,
      ...defined({ DeletionDate: plan.deletion_at_ms === null ? undefined : new Date(plan.deletion_at_ms) }),
      KeyState: plan.state,
      PendingWindowInDays: windowInDays,
    };
    return {
      output,
      // A replica made or deleted meanwhile changes the shared row: the write conflicts and is decided again.
      mutations: [updateKey(key, plan), requireUnchangedKeySet(key)],
      changes: [keyChange(key, 'updated', 'ScheduleKeyDeletion')],
      audit: { responseElements: trailElements(output) },
    };
  },
};

const cancelKeyDeletion: Implementation<'CancelKeyDeletion'> = {
  async run(ctx, _input, keys) {
    const key = resolvedKey(keys);
    const output = { KeyId: key.arn };
    return {
      output,
      mutations: [updateKey(key, cancelDeletion(await hasMaterial(ctx, key))), requireUnchangedKeySet(key)],
      changes: [keyChange(key, 'updated', 'CancelKeyDeletion')],
      audit: { responseElements: trailElements(output) },
    };
  },
};

export const deletionFunctions: Implementations<typeof deletionOperations> = {
  ScheduleKeyDeletion: scheduleKeyDeletion,
  CancelKeyDeletion: cancelKeyDeletion,
};
