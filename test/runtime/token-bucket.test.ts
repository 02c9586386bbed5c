import { tokensAt } from '@keystead/control-plane/runtime/token-bucket.ts';

const size = { capacity: 10, tokensPerSecond: 2 };

test.each([
  ['that was never used is full', undefined, 1000, 10],
  ['fills evenly', { tokens: 3, filledAtMs: 0 }, 1500, 6],
  ['fills up to its capacity and no further', { tokens: 3, filledAtMs: 0 }, 3_600_000, 10],
  ['can be in debt, and refills from there', { tokens: -4, filledAtMs: 0 }, 1000, -2],
  ['is not filled by a clock that steps back', { tokens: 3, filledAtMs: 5000 }, 1000, 3],
])('a bucket %s', (_what, bucket, nowMs, tokens) => {
  expect(tokensAt(bucket, size, nowMs)).toBe(tokens);
});
