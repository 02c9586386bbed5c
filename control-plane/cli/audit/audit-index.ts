/**
 * Compares what the audit log is searched by with its records, and stores it again from them. Only the records count:
 * the hash chain covers them, and what they are searched by follows from them (domain/audit/audit-index.ts).
 */
import {
  type AuditIndexEntry,
  indexDifferences,
  indexEntryOfJson,
  type ResourceLink,
  resourceLinksOf,
} from '../../domain/audit/audit-index.ts';
import type { AuditIndexReader, AuditLogReader, IndexedAudit, IndexedSegment } from '../../storage/port/audit.ts';

/** Small enough for the parameters of one statement: a record names few resources. */
const PAGE = 500;

/** A record that searches do not find as it is. */
export interface IndexFault {
  readonly chainId: string;
  readonly sequence: number;
  /** What the record says; undefined where there is no record with this number. */
  readonly entry?: AuditIndexEntry;
  /** Names of values that are stored otherwise. */
  readonly differences: readonly string[];
  readonly missing: readonly ResourceLink[];
  /** A link that its record does not have, or that has no record. */
  readonly stray?: ResourceLink;
  /** The records that are searched together, of which `sequence` is the first. */
  readonly segment?: IndexedSegment;
}

type Reader = AuditIndexReader & Pick<AuditLogReader, 'listAuditChains'>;

/** Reads every record and every link once. */
export async function* indexFaults(store: Reader): AsyncGenerator<IndexFault> {
  for (const { chainId, anchor } of await store.listAuditChains()) {
    for (let after = anchor?.sequence ?? 0; ; ) {
      const { rows, more } = await store.listAuditIndex(chainId, { after, limit: PAGE });
      yield* pageFaults(store, chainId, rows);
      const last = rows.at(-1);
      if (!more || !last) break;
      after = last.sequence;
    }
    yield* segmentFaults(store, chainId);
  }
  yield* strayLinks(store);
}

async function* segmentFaults(store: AuditIndexReader, chainId: string): AsyncGenerator<IndexFault> {
  for (let after = 0; ; ) {
    const { rows, more } = await store.listIndexedSegments(chainId, { after, limit: PAGE });
    for (const segment of rows) {
      const { first: sequence, differences, missing } = segment;
      if (differences.length + missing.length > 0) yield { chainId, sequence, differences, missing: [], segment };
    }
    const last = rows.at(-1);
    if (!more || !last) return;
    after = last.last;
  }
}

async function* pageFaults(
  store: AuditIndexReader,
  chainId: string,
  rows: readonly IndexedAudit[],
): AsyncGenerator<IndexFault> {
  const derived = rows.flatMap(({ sequence, recordJson, stored }) => {
    const entry = indexEntryOfJson(recordJson);
    return entry ? [{ sequence, stored, entry, links: resourceLinksOf(chainId, sequence, entry) }] : [];
  });
  const there = await storedLinks(
    store,
    derived.flatMap(({ links }) => links),
  );
  for (const { sequence, stored, entry, links } of derived) {
    const differences = indexDifferences(stored, entry);
    const missing = links.filter((link) => !there.has(nameOf(link)));
    if (differences.length + missing.length > 0) yield { chainId, sequence, entry, differences, missing };
  }
}

async function storedLinks(store: AuditIndexReader, links: readonly ResourceLink[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (let at = 0; at < links.length; at += PAGE) {
    for (const link of await store.findResourceLinks(links.slice(at, at + PAGE))) there.add(nameOf(link));
  }
  return there;
}

async function* strayLinks(store: AuditIndexReader): AsyncGenerator<IndexFault> {
  for (let after: ResourceLink | undefined; ; ) {
    const { rows, more } = await store.listResourceLinks({ limit: PAGE, ...(after && { after }) });
    for (const { link, isNamed } of rows) {
      if (!isNamed) {
        const { chainId, sequence } = link;
        yield { chainId, sequence, differences: [], missing: [], stray: link };
      }
    }
    after = rows.at(-1)?.link;
    if (!more || !after) return;
  }
}

const nameOf = ({ accountId, resourceArn, atMs, chainId, sequence }: ResourceLink): string =>
  JSON.stringify([accountId, resourceArn, atMs, chainId, sequence]);

/** One line that names the record and what searches do not find, or find wrongly. */
export function indexFaultLine({ chainId, sequence, differences, missing, stray, segment }: IndexFault): string {
  if (segment) return segmentLine(chainId, segment);
  const where = `${chainId}: INDEX, record ${sequence}`;
  if (stray) return `${where} is found by ${stray.resourceArn}, which it does not name`;
  const clauses = [
    ...(differences.length > 0 ? [`is searched by another ${differences.join(', ')}`] : []),
    ...missing.map(({ resourceArn }) => `is not found by ${resourceArn}`),
  ];
  return `${where} ${clauses.join(' and ')}`;
}

function segmentLine(chainId: string, { first, last, differences, missing }: IndexedSegment): string {
  const clauses = [
    ...(differences.length > 0 ? [`are searched by another ${differences.join(', ')}`] : []),
    ...missing.map((value) => `are not found by ${value}`),
  ];
  return `${chainId}: INDEX, records ${first} to ${last} ${clauses.join(' and ')}`;
}
