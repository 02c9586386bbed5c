/** Keyset pages: parts of lists, each beginning after the last row of the one before. */

/** Part of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** True when more rows follow the last one. */
  readonly more: boolean;
}

/** The first `limit` of these rows: whoever reads one row more than a page holds learns whether more follow. */
export function pageOf<Row>(rows: readonly Row[], limit: number): Page<Row> {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/** Which part of a list in the order of its rows' ids; `after` is the last id of the page before. */
export interface KeysetPage {
  readonly after?: string;
  readonly limit: number;
}

/** Which part of a list in the order of its sequence numbers; `after` is the last one of the page before, or 0. */
export interface SequencePage {
  readonly after: number;
  readonly limit: number;
}

/** A page in the order of names without regard to case; `after` is the last name of the page before, in lower case. */
export interface NamePage extends KeysetPage {
  readonly pathPrefix?: string;
}
