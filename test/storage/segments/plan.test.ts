import {
  type Merge,
  planMerge,
  SEAL_AFTER_MS,
  SEAL_SEGMENTS,
  type SegmentHeader,
} from '@keystead/control-plane/storage/segments/plan.ts';

/** Consecutive segments with so many records each. */
function run(counts: readonly number[], changes: Partial<SegmentHeader> = {}, first = 1): SegmentHeader[] {
  let next = first;
  return counts.map((count) => {
    const segment = { first_sequence: next, last_sequence: next + count - 1, from_ms: 0, to_ms: 0, grade: 0 as const };
    next += count;
    return { ...segment, size_in_bytes: count * 100, ...changes };
  });
}

const planned = (merge: Merge<SegmentHeader> | undefined) =>
  merge && { records: merge.sources.map((one) => one.last_sequence - one.first_sequence + 1), grade: merge.grade };

test('segments that fill one are sealed at once, and no more of them than that', () => {
  expect(planned(planMerge([], run([600, 400, 23]), 0))).toBeUndefined();
  expect(planned(planMerge([], run([600, 400, 24, 5]), 0))).toEqual({ records: [600, 400, 24], grade: 2 });
  expect(planned(planMerge([], run([1024, 1024]), 0))).toEqual({ records: [1024], grade: 2 });
  expect(planned(planMerge([], run([2, 2], { size_in_bytes: 600_000 }), 0))).toEqual({ records: [2, 2], grade: 2 });
});

test('few segments are sealed once they are old, or many', () => {
  expect(planned(planMerge([], run([1, 2]), SEAL_AFTER_MS - 1))).toBeUndefined();
  expect(planned(planMerge([], run([1, 2]), SEAL_AFTER_MS))).toEqual({ records: [1, 2], grade: 1 });
  const many = Array.from({ length: SEAL_SEGMENTS }, () => 1);
  expect(planned(planMerge([], run(many.slice(1)), 0))).toBeUndefined();
  expect(planned(planMerge([], run(many), 0))).toEqual({ records: many, grade: 1 });
});

test('small sealed segments grow when they are many, or when they fill a segment together with new ones', () => {
  const smalls = (count: number, records: number) =>
    run(
      Array.from({ length: count }, () => records),
      { grade: 1 },
    );
  const old = SEAL_AFTER_MS;
  expect(planned(planMerge(smalls(15, 10), run([5], {}, 151), old))).toEqual({ records: [5], grade: 1 });
  expect(planned(planMerge(smalls(16, 1), run([5], {}, 17), old))?.records).toHaveLength(17);
  const filled = planned(planMerge(smalls(2, 500), run([24, 9], {}, 1001), 0));
  expect(filled).toEqual({ records: [500, 500, 24], grade: 2 });
});

test('records that are more than a day apart, or not consecutive, stay in segments of their own', () => {
  const day = 86_400_000;
  const [first, second] = run([3, 3]);
  if (!first || !second) throw new Error('no segments');
  const later = { ...second, from_ms: day + 1, to_ms: day + 1 };
  expect(planned(planMerge([], [first, later], day))).toEqual({ records: [3], grade: 2 });
  expect(planned(planMerge([], [first, { ...second, to_ms: day }], day))).toEqual({ records: [3, 3], grade: 1 });
  const apart = { ...second, first_sequence: 5, last_sequence: 7 };
  expect(planned(planMerge([], [first, apart], day))).toEqual({ records: [3], grade: 2 });
});
