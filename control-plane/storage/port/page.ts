/** Keyset pages: parts of lists, each beginning after the last row of the previous page. */

/** Part of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** True when more rows follow the last one. */
  readonly more: boolean;
}

/** The first `limit` of these rows. Read one row more than the page has, so that `more` is known. */
export function pageOf<Row>(rows: readonly Row[], limit: number): Page<Row> {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/** A page in the order of the rows' ids; `after` is the last id of the previous page. */
export interface KeysetPage {
  readonly after?: string;
  readonly limit: number;
}

/** A page in the order of sequence numbers; `after` is the last one of the previous page, or 0. */
export interface SequencePage {
  readonly after: number;
  readonly limit: number;
}

/** A page in the order of names, ignoring case; `after` is the last name of the previous page, in lower case. */
export interface NamePage extends KeysetPage {
  readonly pathPrefix?: string;
}
