/** Part of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** True when more rows follow the last one. */
  readonly more: boolean;
}
