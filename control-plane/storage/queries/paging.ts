/** Keyset pages: a query asks for one row more than the page holds, and that row tells whether more follow. */
import type { Page } from '../port/page.ts';

export function pageOf<Row>(rows: readonly Row[], limit: number): Page<Row> {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
