/**
 * When key material is replaced, and what a key shows about it.
 * Source: AWS KMS Developer Guide, "Rotate AWS KMS keys"; API reference, EnableKeyRotation, RotateKeyOnDemand.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { limits } from '@keystead/provider-schema/limits.ts';
import type { KeyState, Origin } from '@keystead/provider-schema/vocabulary.ts';

const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;
/** RotateKeyOnDemand is refused when an automatic rotation is due within this time. */
const ON_DEMAND_CLEARANCE_MS = 20 * MS_PER_MINUTE;

export type RotationType = 'AUTOMATIC' | 'ON_DEMAND';

/** The columns about rotation that all Regions of a key share. */
export interface RotationSchedule {
  readonly rotation_enabled: number;
  readonly rotation_period_in_days: number | null;
  readonly next_rotation_at_ms: number | null;
}

export const noRotation: RotationSchedule = {
  rotation_enabled: 0,
  rotation_period_in_days: null,
  next_rotation_at_ms: null,
};

/** The period counts from the moment rotation is enabled; enabling it again restarts the period. */
export function startRotation(
  nowMs: number,
  periodInDays: number = limits.rotationPeriodInDays.default,
): RotationSchedule {
  return {
    rotation_enabled: 1,
    rotation_period_in_days: periodInDays,
    next_rotation_at_ms: nowMs + periodInDays * MS_PER_DAY,
  };
}

/**
 * The first date of the schedule after `nowMs`. Counting from the due date, not from the time of the job's run, keeps
 * the schedule from drifting. One rotation makes up for all dates missed while a key was disabled.
 */
export function nextRotationAtMs(dueAtMs: number, periodInDays: number, nowMs: number): number {
  const periodMs = periodInDays * MS_PER_DAY;
  const periods = Math.max(1, Math.floor((nowMs - dueAtMs) / periodMs) + 1);
  return dueAtMs + periods * periodMs;
}

/** A key pending deletion shows no rotation; its schedule comes back when the deletion is cancelled. */
export function isRotationShown(schedule: RotationSchedule, state: KeyState): boolean {
  return schedule.rotation_enabled === 1 && state !== 'PendingDeletion' && state !== 'PendingReplicaDeletion';
}

/** @throws KmsError LimitExceededException, ConflictException */
export function requireOnDemandRotation(
  key: {
    readonly arn: string;
    readonly shared: RotationSchedule & { readonly on_demand_rotation_count: number };
  },
  nowMs: number,
): void {
  if (key.shared.on_demand_rotation_count >= limits.onDemandRotationsPerKey) {
    throw new KmsError('LimitExceededException', messages.onDemandRotations(key.arn));
  }
  const { next_rotation_at_ms: nextAtMs } = key.shared;
  if (key.shared.rotation_enabled === 1 && nextAtMs !== null && nextAtMs - nowMs < ON_DEMAND_CLEARANCE_MS) {
    throw new KmsError(
      'ConflictException',
      `An automatic rotation of ${key.arn} is in progress or starts within 20 minutes.`,
    );
  }
}

/** Details of the event RotateKey, which the service records after a rotation. */
export function rotationEventDetails(
  key: { readonly key_id: string; readonly origin: Origin },
  rotationType: RotationType,
  previousKeyMaterialId: string,
  currentKeyMaterialId: string,
): Readonly<Record<string, unknown>> {
  return { keyId: key.key_id, rotationType, keyOrigin: key.origin, previousKeyMaterialId, currentKeyMaterialId };
}
