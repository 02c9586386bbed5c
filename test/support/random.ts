/** Random numbers that a failing run can repeat: it prints its seed, and KEYSTEAD_TEST_SEED=<seed> replays it. */
import { randomInt } from 'node:crypto';

const { KEYSTEAD_TEST_SEED: named = '20260101' } = process.env;

/** KEYSTEAD_TEST_SEED=random draws another one. */
export const seed = named === 'random' ? randomInt(2 ** 31) : Number(named);

/** mulberry32: small, with a seed, and random enough for tests. */
export function randomNumbers(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
