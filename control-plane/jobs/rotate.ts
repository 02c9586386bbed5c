/** Automatic rotation. Source: AWS KMS Developer Guide, "Rotate AWS KMS keys"; the trail's event RotateKey. */
import { keyArn } from '@keystead/provider-schema/arn.ts';
import { serviceEventRecord } from '../audit/record.ts';
import { materialOwner } from '../domain/keys/material-owner.ts';
import { nextRotationAtMs, rotationEventDetails } from '../domain/keys/rotation.ts';
import { keyChange, replaceMaterial } from '../mutations/mutations.ts';
import type { StoredKey } from '../storage/port/keys.ts';
import type { Write } from '../storage/port/store.ts';
import type { JobContext, KeyJob } from './job.ts';

export const rotateDueKeys: KeyJob = {
  name: 'rotate',
  due: (store, nowMs, limit) => store.listKeysDueForRotation(nowMs, limit),
  async decide(ctx, key): Promise<Write> {
    const { shared, regional } = key;
    const current = await currentMaterial(ctx, key);
    const fresh = await ctx.keyMaterial.generateKey(materialOwner(key));
    const set = { next_rotation_at_ms: nextDate(ctx, key) };
    return {
      mutations: replaceMaterial(key, current, fresh, { type: 'AUTOMATIC', atMs: ctx.nowMs, set }),
      changes: [keyChange(key, 'updated', 'RotateKey')],
      audit: [
        serviceEventRecord({
          eventName: 'RotateKey',
          awsRegion: regional.region,
          accountId: regional.account_id,
          nowMs: ctx.nowMs,
          requestId: ctx.requestId,
          serviceEventDetails: rotationEventDetails(shared, 'AUTOMATIC', current.material_id, fresh.materialId),
          resources: [
            {
              accountId: regional.account_id,
              type: 'AWS::KMS::Key',
              ARN: keyArn(regional.region, regional.account_id, regional.key_id),
            },
          ],
        }),
      ],
    };
  },
};

async function currentMaterial(ctx: JobContext, { shared }: StoredKey) {
  const { account_id, key_id, current_material_id: materialId } = shared;
  const row = materialId === null ? undefined : await ctx.store.findMaterial(account_id, key_id, materialId);
  if (!row) throw new Error(`key ${key_id} has no current material`);
  return row;
}

function nextDate(ctx: JobContext, { shared }: StoredKey): number {
  const { next_rotation_at_ms: dueAtMs, rotation_period_in_days: periodInDays } = shared;
  if (dueAtMs === null || periodInDays === null) throw new Error(`key ${shared.key_id} has no rotation schedule`);
  return nextRotationAtMs(dueAtMs, periodInDays, ctx.nowMs);
}
