/**
 * How often a long proof runs: `make test` takes the quick size, `make exhaustive` the size the documentation states.
 * Both run the same code; only the number differs.
 */
export function runs(quick: number, full: number): number {
  return process.env.KEYSTEAD_EXHAUSTIVE === '1' ? full : quick;
}
