/**
 * Creates AWS managed keys, each when a caller with permission to use it first names it. Until then a request that
 * names one is authorized against the key that would be created (authorization/managed-keys.ts).
 * Source: AWS KMS API reference, DescribeKey: "a predefined AWS alias (an AWS alias with no key ID)".
 */
import { keyArn } from '@keystead/provider-schema/arn.ts';
import { serviceEventRecord } from '../audit/record.ts';
import { newManagedKey } from '../authorization/managed-keys.ts';
import type { Context } from '../context/context.ts';
import type { Engines } from '../context/engines.ts';
import type { ResolvedKeys } from '../context/resolved-key.ts';
import { insertKey, keyChange } from '../mutations/mutations.ts';

/** @returns whether a key that the request needs was created: the request then starts again and finds it. */
export async function makeManagedKeys(engines: Engines, ctx: Context, keys: ResolvedKeys): Promise<boolean> {
  const aliasNames = new Set(Object.values(keys).flatMap((key) => (key.notYetCreated ? (key.viaAlias ?? []) : [])));
  for (const aliasName of aliasNames) await makeManagedKey(engines, ctx, aliasName);
  return aliasNames.size > 0;
}

/** @throws WriteConflict for the second of two requests that create the same key at once: the alias then exists. */
async function makeManagedKey({ store, keyMaterial }: Engines, ctx: Context, aliasName: string): Promise<void> {
  const planned = newManagedKey(ctx, aliasName);
  if (!planned) throw new Error(`${aliasName} is not the alias of an AWS managed key`);
  const { accountId, region, keyId, keySpec } = planned;
  const material = await keyMaterial.generateKey({ accountId, domainRegion: region, keyId, keySpec });
  const { stored, mutations } = insertKey({ ...planned, material });
  const alias = {
    account_id: accountId,
    region,
    alias_name: aliasName,
    target_key_id: keyId,
    created_at_ms: ctx.nowMs,
    updated_at_ms: ctx.nowMs,
  };
  const change = { accountId, region, resourceType: 'alias', resourceId: aliasName, keyId } as const;
  await store.write({
    mutations: [...mutations, { op: 'insert', table: 'aliases', row: alias }],
    changes: [keyChange(stored, 'created', 'CreateKey'), { ...change, kind: 'created', eventName: 'CreateAlias' }],
    audit: [
      serviceEventRecord({
        eventName: 'CreateKey',
        awsRegion: region,
        accountId,
        nowMs: ctx.nowMs,
        requestId: ctx.requestId,
        serviceEventDetails: { keyId, keyManager: 'AWS', aliasName },
        resources: [{ accountId, type: 'AWS::KMS::Key', ARN: keyArn(region, accountId, keyId) }],
      }),
    ],
  });
}
