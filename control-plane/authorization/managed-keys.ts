/**
 * AWS managed keys that do not exist yet: until its first permitted use, requests for one are authorized against it.
 */
import { randomUUID } from 'node:crypto';
import { keyArn } from '@keystead/provider-schema/arn.ts';
import type { Context } from '../context/context.ts';
import type { ResolvedKey } from '../context/resolved-key.ts';
import {
  managedKeyDescription,
  managedKeyPolicy,
  managedKeyRotationInDays,
  managedServiceOf,
} from '../domain/keys/managed-keys.ts';
import { startRotation } from '../domain/keys/rotation.ts';
import { insertKey, type NewKey } from '../mutations/mutations.ts';

/** The key that a reserved alias will name, not stored yet; undefined for an alias without a service. */
export function notYetCreatedManagedKey(ctx: Context, aliasName: string): ResolvedKey | undefined {
  const key = newManagedKey(ctx, aliasName);
  if (!key) return undefined;
  const { stored } = insertKey(key);
  return { ...stored, arn: keyArn(ctx.region, ctx.accountId, key.keyId), viaAlias: aliasName, notYetCreated: true };
}

export function newManagedKey({ accountId, region, nowMs }: Context, aliasName: string): NewKey | undefined {
  const service = managedServiceOf(aliasName);
  if (service === undefined) return undefined;
  return {
    accountId,
    region,
    keyId: randomUUID(),
    createdAtMs: nowMs,
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    policy: managedKeyPolicy(service, accountId, region),
    tags: '{}',
    description: managedKeyDescription(service),
    shared: { key_manager: 'AWS', ...startRotation(nowMs, managedKeyRotationInDays) },
  };
}
