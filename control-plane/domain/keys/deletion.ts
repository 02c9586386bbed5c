/**
 * Waiting periods. Source: AWS KMS API reference, ScheduleKeyDeletion, CancelKeyDeletion; Developer Guide, "Deleting
 * multi-Region keys": a primary with replicas waits, without a date, for the last of them to be deleted.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { KeyState } from '@keystead/provider-schema/vocabulary.ts';

const MS_PER_DAY = 86_400_000;

/** The columns of a key that say when it will be deleted. */
export interface DeletionPlan {
  readonly state: KeyState;
  readonly deletion_at_ms: number | null;
  readonly pending_window_in_days: number | null;
}

/** The shape allows 1–365; the operation 7–30. @throws KmsError ValidationException */
export function requirePendingWindow(days: number = limits.pendingWindowInDays.default): number {
  const { min, max } = limits.pendingWindowInDays;
  if (days < min || days > max) throw new KmsError('ValidationException', messages.pendingWindow);
  return days;
}

export function scheduleDeletion(windowInDays: number, nowMs: number, hasReplicas: boolean): DeletionPlan {
  if (hasReplicas) {
    return { state: 'PendingReplicaDeletion', deletion_at_ms: null, pending_window_in_days: windowInDays };
  }
  return {
    state: 'PendingDeletion',
    deletion_at_ms: nowMs + windowInDays * MS_PER_DAY,
    pending_window_in_days: windowInDays,
  };
}

/** After the cancellation a key is Disabled, never Enabled; without its imported material it is PendingImport. */
export function cancelDeletion(hasMaterial: boolean): DeletionPlan {
  return { state: hasMaterial ? 'Disabled' : 'PendingImport', deletion_at_ms: null, pending_window_in_days: null };
}
