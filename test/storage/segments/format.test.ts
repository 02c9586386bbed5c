import { genesisHash, linkHash } from '@keystead/control-plane/domain/audit/audit-chain.ts';
import {
  appendToChain,
  FULL_BYTES,
  FULL_RECORDS,
  MAX_SPAN_MS,
  newRecord,
  readLinks,
  readRecords,
  type SegmentRow,
  withoutFirst,
} from '@keystead/control-plane/storage/segments/format.ts';
import { seal } from '@keystead/control-plane/storage/segments/seal.ts';
import { aRecord, startMs } from '../../support/storage/rows.ts';

const start = { chainId: 'a', sequence: 0, hash: genesisHash };
const at = (milliseconds: number, padding = '') => ({
  ...newRecord(aRecord({ userAgent: `é${padding}` })),
  atMs: startMs + milliseconds,
});
const records = (count: number) => Array.from({ length: count }, (_, index) => at(index % 7));

const all = async (segments: readonly SegmentRow[]) => (await Promise.all(segments.map(readRecords))).flat();

test('a segment has its records as they were chained, before it is sealed and after', async () => {
  const written = records(10);
  const { segments, end } = appendToChain(start, written.slice(0, 4));
  const next = appendToChain(end, written.slice(4));
  const open = [...segments, ...next.segments];
  const { row } = seal(open, 1);
  let previousHash = genesisHash;
  const expected = written.map(({ recordJson, atMs }, index) => {
    const link = { chainId: 'a', sequence: index + 1, previousHash, recordJson };
    previousHash = linkHash(link);
    return { sequence: link.sequence, previousHash: link.previousHash, recordJson, atMs, hash: previousHash };
  });
  expect(next.end).toEqual({ chainId: 'a', sequence: 10, hash: previousHash });
  expect(await all(open)).toEqual(expected);
  expect(await readRecords(row)).toEqual(expected);
  expect(readLinks(row)).toEqual(expected.map(({ sequence, hash, atMs }) => ({ sequence, hash, atMs })));
  expect(row).toMatchObject({ first_sequence: 1, last_sequence: 10, from_ms: startMs, to_ms: startMs + 6, grade: 1 });
  expect(await readRecords(seal([row, ...appendToChain(next.end, records(3)).segments], 2).row)).toHaveLength(13);
});

test('a segment is bounded in records, in bytes and in time', () => {
  const sizes = (written: Parameters<typeof appendToChain>[1]) =>
    appendToChain(start, written).segments.map((segment) => segment.last_sequence - segment.first_sequence + 1);
  expect(sizes(records(2 * FULL_RECORDS + 1))).toEqual([FULL_RECORDS, FULL_RECORDS, 1]);
  expect(sizes(Array.from({ length: 5 }, () => at(0, 'x'.repeat(FULL_BYTES / 2))))).toEqual([2, 2, 1]);
  expect(sizes([at(0), at(MAX_SPAN_MS), at(MAX_SPAN_MS + 1), at(0), at(1)])).toEqual([2, 1, 2]);
});

test('the rest of a segment that is cut has the same records, hashes and times', async () => {
  const { segments } = appendToChain(start, records(10));
  const { row } = seal(segments, 2);
  const rest = await withoutFirst(row, 4);
  expect(rest).toMatchObject([{ first_sequence: 5, last_sequence: 10, grade: 0 }]);
  expect(await all(rest)).toEqual((await readRecords(row)).slice(4));
  expect(await withoutFirst(row, 10)).toEqual([]);
});

test('a segment whose bytes were changed has records with their hashes and without texts', async () => {
  const { row } = seal(appendToChain(start, records(3)).segments, 2);
  const broken = { ...row, records: Buffer.from('not compressed') };
  const read = await readRecords(broken);
  expect(read.map(({ recordJson }) => recordJson)).toEqual(['', '', '']);
  expect(read.map(({ hash }) => hash)).toEqual((await readRecords(row)).map(({ hash }) => hash));
  // Sealing it again keeps what can be read.
  expect(await readRecords(seal([broken], 2).row)).toEqual(read);
});
