/**
 * What the audit log is searched by: values that follow from each record, and from nothing else. The hash chain covers
 * the records; whoever changes an index hides a record from searches without changing it. So a verifier derives the
 * index from the records again.
 */
import { type AuditRecord, accessKeyIdOf, userNameOf } from './audit-record.ts';

/** The values of one record, each once. */
export interface AuditIndexValues {
  readonly accountId: string;
  readonly region: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly userName: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly readOnly: boolean;
  readonly resourceType: string | undefined;
  readonly requestId: string;
  readonly eventId: string;
  readonly atMs: number;
}

export interface AuditIndexEntry extends AuditIndexValues {
  /** Each once. */
  readonly resourceArns: readonly string[];
}

/** That a record names a resource. */
export interface ResourceLink {
  readonly accountId: string;
  readonly resourceArn: string;
  readonly atMs: number;
  readonly chainId: string;
  readonly sequence: number;
}

export function indexEntryOf(record: AuditRecord): AuditIndexEntry {
  return {
    accountId: record.recipientAccountId,
    region: record.awsRegion,
    eventSource: record.eventSource,
    eventName: record.eventName,
    userName: userNameOf(record),
    accessKeyId: accessKeyIdOf(record),
    readOnly: record.readOnly,
    // All resources of a record have one type.
    resourceType: record.resources?.[0]?.type,
    requestId: record.requestID,
    eventId: record.eventID,
    atMs: Date.parse(record.eventTime),
    resourceArns: [...new Set((record.resources ?? []).map((resource) => resource.ARN))],
  };
}

/** The same from a stored text; undefined for a text that is not a record, which the hash chain shows. */
export function indexEntryOfJson(recordJson: string): AuditIndexEntry | undefined {
  try {
    return indexEntryOf(JSON.parse(recordJson) as AuditRecord);
  } catch {
    return undefined;
  }
}

export function resourceLinksOf(
  chainId: string,
  sequence: number,
  { accountId, atMs, resourceArns }: AuditIndexEntry,
): readonly ResourceLink[] {
  return resourceArns.map((resourceArn) => ({ accountId, resourceArn, atMs, chainId, sequence }));
}

/** Whether the record with this text is one that the link names. */
export function isLinkOf({ accountId, resourceArn, atMs }: ResourceLink, recordJson: string | undefined): boolean {
  const entry = recordJson === undefined ? undefined : indexEntryOfJson(recordJson);
  return entry?.accountId === accountId && entry.atMs === atMs && entry.resourceArns.includes(resourceArn);
}

const VALUE_NAMES = [
  ...(['accountId', 'region', 'eventSource', 'eventName', 'userName', 'accessKeyId', 'readOnly'] as const),
  ...(['resourceType', 'requestId', 'eventId', 'atMs'] as const),
] satisfies readonly (keyof AuditIndexValues)[];

/** Names of the values that are stored otherwise than the record says. */
export function indexDifferences(stored: AuditIndexValues, derived: AuditIndexValues): readonly string[] {
  return VALUE_NAMES.filter((name) => stored[name] !== derived[name]);
}
