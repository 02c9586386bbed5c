/**
 * The number of runs of a long proof: `make test` uses the quick size, `make exhaustive` the size in the documentation.
 * Both run the same code.
 */
export function runs(quick: number, full: number): number {
  return process.env.KEYSTEAD_EXHAUSTIVE === '1' ? full : quick;
}
