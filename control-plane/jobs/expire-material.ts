/**
 * Deletes expired imported key material, copy by copy. The key stays and waits for the same material.
 * Source: AWS KMS Developer Guide, "Importing key material", "Setting an expiration time"; the trail's event
 * DeleteExpiredKeyMaterial.
 */
import { keyArn } from '@keystead/provider-schema/arn.ts';
import { serviceEventRecord } from '../audit/record.ts';
import { namesMaterials } from '../domain/keys/imported-material.ts';
import { keyChange, removeCopy } from '../mutations/mutations.ts';
import type { StoredKey } from '../storage/port/keys.ts';
import type { Write } from '../storage/port/store.ts';
import type { ImportedMaterialRow } from '../storage/port/tables.ts';
import type { Job, JobContext } from './job.ts';

export const expireImportedMaterial: Job = {
  name: 'expire-material',
  async due(store, nowMs, limit) {
    const copies = await store.listExpiredMaterials(nowMs, limit);
    return copies.map((copy) => ({
      name: `${copy.account_id}/${copy.region}/${copy.key_id}/${copy.material_id}`,
      decide: (ctx) => expire(ctx, copy),
    }));
  },
};

async function expire(ctx: JobContext, copy: ImportedMaterialRow): Promise<Write> {
  const { account_id, region, key_id } = copy;
  const key = await ctx.store.findKey(account_id, region, key_id);
  if (!key) throw new Error(`key ${key_id} does not exist, but its imported material is still stored in ${region}`);
  const [materials, copies] = await Promise.all([
    ctx.store.listMaterials(account_id, key_id),
    ctx.store.listImportedMaterials(account_id, key_id),
  ]);
  return {
    mutations: removeCopy(key, { materials, copies }, copy, ctx.nowMs),
    changes: [keyChange(key, 'updated', 'DeleteExpiredKeyMaterial')],
    audit: [expiryEvent(ctx, key, copy.material_id)],
  };
}

function expiryEvent(ctx: JobContext, { shared, regional }: StoredKey, keyMaterialId: string) {
  const { account_id: accountId, region, key_id: keyId } = regional;
  return serviceEventRecord({
    eventName: 'DeleteExpiredKeyMaterial',
    awsRegion: region,
    accountId,
    nowMs: ctx.nowMs,
    requestId: ctx.requestId,
    serviceEventDetails: { keyId, ...(namesMaterials(shared.key_spec) && { keyMaterialId }) },
    resources: [{ accountId, type: 'AWS::KMS::Key', ARN: keyArn(region, accountId, keyId) }],
  });
}
