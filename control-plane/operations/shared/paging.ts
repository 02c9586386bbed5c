/**
 * Pages of a list and the markers between them. A marker names its list (operation and what was listed), so that one
 * list's marker is refused by another.
 * Source: AWS KMS API reference, Limit, Marker, NextMarker, Truncated.
 */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { pageSize, type pageSizes } from '@keystead/provider-schema/limits.ts';
import type { Context } from '../../context/context.ts';
import type { Page } from '../../storage/port/page.ts';

export interface PageRequest {
  readonly operation: keyof typeof pageSizes;
  /** What is listed: a key id, a principal; '' for everything in the account and Region. */
  readonly of: string;
  readonly input: { readonly Limit?: number | undefined; readonly Marker?: string | undefined };
}

export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** Members of the answer. */
  readonly paging: { readonly Truncated: boolean; readonly NextMarker?: string };
}

/**
 * @param positionOf the row's place in the list's order
 * @throws KmsError InvalidMarkerException when we did not issue the marker for this list.
 */
export async function listPage<Row>(
  ctx: Context,
  request: PageRequest,
  read: (page: { readonly after?: string; readonly limit: number }) => Promise<Page<Row>>,
  positionOf: (row: Row) => string,
): Promise<ListPage<Row>> {
  const list = [request.operation, ctx.accountId, ctx.region, request.of];
  const after = request.input.Marker === undefined ? undefined : openMarker(ctx, list, request.input.Marker);
  const limit = pageSize(request.operation, request.input.Limit);
  const { rows, more } = await read({ limit, ...(after !== undefined && { after }) });
  const last = rows.at(-1);
  if (!more || last === undefined) return { rows, paging: { Truncated: false } };
  const NextMarker = ctx.sealedTokens.seal('marker', [...list, positionOf(last)]);
  return { rows, paging: { Truncated: true, NextMarker } };
}

/** A page of a list that is in memory already, in order of position. */
export function pageInMemory<Row>(
  rows: readonly Row[],
  positionOf: (row: Row) => string,
): (page: { readonly after?: string; readonly limit: number }) => Promise<Page<Row>> {
  return async ({ after, limit }) => {
    const rest = rows
      .filter((row) => after === undefined || positionOf(row) > after)
      .sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
    return { rows: rest.slice(0, limit), more: rest.length > limit };
  };
}

function openMarker(ctx: Context, list: readonly string[], marker: string): string {
  const opened = ctx.sealedTokens.open('marker', marker);
  if (Array.isArray(opened) && opened.length === list.length + 1 && list.every((part, i) => opened[i] === part)) {
    return String(opened.at(-1));
  }
  throw new KmsError('InvalidMarkerException');
}
