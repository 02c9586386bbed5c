/**
 * Finds uses of key material in audit records. No I/O.
 * Source: AWS KMS API reference, GetKeyLastUsage: successful cryptographic operations count; dry runs and refusals do
 * not.
 */
import { parseArn } from '@keystead/provider-schema/arn.ts';
import type { KeyLastUsageTrackingOperation } from '@keystead/provider-schema/generated/types.ts';
import { shapeOf } from '@keystead/provider-schema/shapes/index.ts';
import type { AuditRecord } from '../audit/audit-record.ts';

export interface KeyUse {
  readonly accountId: string;
  readonly region: string;
  readonly keyId: string;
  readonly operation: KeyLastUsageTrackingOperation;
  /** Whole seconds, as the trail writes them. */
  readonly usedAtMs: number;
  readonly eventId: string;
  readonly requestId: string;
}

const tracked = shapeOf('KeyLastUsageTrackingOperation');
const trackedNames: ReadonlySet<string> = new Set(tracked.type === 'string' ? tracked.enum : []);

/**
 * The keys whose material was used; re-encryption uses two. The use of another account's key is in that account's own
 * record.
 */
export function usesIn(record: AuditRecord): readonly KeyUse[] {
  if (record.eventSource !== 'kms.amazonaws.com' || !isTracked(record.eventName)) return [];
  if (record.eventType !== 'AwsApiCall' || record.errorCode !== undefined) return [];
  const { eventName: operation, eventID: eventId, requestID: requestId } = record;
  const usedAtMs = Date.parse(record.eventTime);
  return (record.resources ?? []).flatMap(({ ARN }) => {
    const { service, region = '', accountId = '', resource = '' } = parseArn(ARN) ?? {};
    const keyId = /^key\/(.+)$/.exec(resource)?.[1];
    return service === 'kms' && accountId === record.recipientAccountId && keyId !== undefined
      ? [{ accountId, region, keyId, operation, usedAtMs, eventId, requestId }]
      : [];
  });
}

function isTracked(eventName: string): eventName is KeyLastUsageTrackingOperation {
  return trackedNames.has(eventName);
}

/** A use older than the key does not count: it was of an earlier key with the same id. */
export function isUseOf(use: { readonly usedAtMs: number }, key: { readonly createdAtMs: number }): boolean {
  return use.usedAtMs >= key.createdAtMs - (key.createdAtMs % 1000);
}
