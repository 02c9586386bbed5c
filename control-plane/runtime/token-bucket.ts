/** Token buckets: a bucket fills evenly up to its capacity, and work takes tokens from it. Callers keep the buckets. */

export interface TokenBucket {
  readonly tokens: number;
  readonly filledAtMs: number;
}

export interface BucketSize {
  readonly capacity: number;
  readonly tokensPerSecond: number;
}

/** Tokens in the bucket now; an unused bucket is full. A clock that steps back adds nothing. */
export function tokensAt(bucket: TokenBucket | undefined, size: BucketSize, nowMs: number): number {
  if (!bucket) return size.capacity;
  const seconds = Math.max(0, nowMs - bucket.filledAtMs) / 1000;
  return Math.min(size.capacity, bucket.tokens + seconds * size.tokensPerSecond);
}
