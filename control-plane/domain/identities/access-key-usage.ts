/**
 * Finds uses of long-term access keys in audit records. No I/O.
 * Source: AWS IAM API reference, GetAccessKeyLastUsed: any request that it signed, refused ones included.
 */
import type { AuditRecord } from '../audit/audit-record.ts';

export interface AccessKeyUse {
  readonly accessKeyId: string;
  /** Whole seconds, as the trail writes them. */
  readonly usedAtMs: number;
  /** `kms` */
  readonly service: string;
  readonly region: string;
}

/** undefined for an event that was not signed with a long-term access key. */
export function accessKeyUseIn(record: AuditRecord): AccessKeyUse | undefined {
  const { accessKeyId } = record.userIdentity;
  if (record.eventType !== 'AwsApiCall' || typeof accessKeyId !== 'string' || accessKeyId.startsWith('ASIA')) {
    return undefined;
  }
  const service = record.eventSource.replace('.amazonaws.com', '');
  return { accessKeyId, usedAtMs: Date.parse(record.eventTime), service, region: record.awsRegion };
}
