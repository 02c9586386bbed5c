/**
 * Pages of lists and the markers between them. A marker names its list (operation, account and what was listed), so
 * another list refuses it.
 * Source: AWS KMS API reference, Limit, Marker, NextMarker, Truncated; IAM API reference, MaxItems, Marker,
 * IsTruncated.
 */

import { createHash } from 'node:crypto';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { pageSize, type pageSizes } from '@keystead/provider-schema/limits.ts';
import type { Context } from '../../context/context.ts';
import { type KeysetPage, type Page, pageOf } from '../../storage/port/page.ts';

/** Identifies a list: operation, account and everything else that decides what is listed. */
export type ListName = readonly [operation: string, ...of: string[]];

export interface MarkedPage {
  readonly list: ListName;
  readonly limit: number;
  /** The marker in the request; undefined for the first page. */
  readonly marker: string | undefined;
  /** The error for a marker that was not issued for this list. */
  readonly refusal: () => KmsError;
}

/**
 * One page of a list, and the marker of the next one when more rows follow.
 * @param positionOf the row's place in the list's order
 * @throws KmsError from `refusal`
 */
export async function markedPage<Row>(
  ctx: Context,
  { list, limit, marker, refusal }: MarkedPage,
  read: (page: KeysetPage) => Promise<Page<Row>>,
  positionOf: (row: Row) => string,
): Promise<{ readonly rows: readonly Row[]; readonly next?: string }> {
  const after = await openMarker(ctx, list, marker, refusal);
  const { rows, more } = await read({ limit, ...defined({ after }) });
  const last = rows.at(-1);
  return more && last !== undefined ? { rows, next: await sealMarker(ctx, list, positionOf(last)) } : { rows };
}

export function sealMarker(ctx: Context, list: ListName, position: string): Promise<string> {
  return ctx.sealedTokens.seal('marker', [digest(list), position]);
}

/** The position in the list that a marker stands for. @throws KmsError from `refusal`, for a marker of another list. */
export async function openMarker(
  ctx: Context,
  list: ListName,
  marker: string | undefined,
  refusal: () => KmsError,
): Promise<string | undefined> {
  if (marker === undefined) return undefined;
  const opened = await ctx.sealedTokens.open('marker', marker);
  if (Array.isArray(opened) && opened.length === 2 && opened[0] === digest(list)) return String(opened[1]);
  throw refusal();
}

/** List names can be long but markers must be short, so a hash stands for the name. */
function digest(list: ListName): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 22);
}

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
 * A page of a KMS list, within the account and Region.
 * @param positionOf the row's place in the list's order
 * @throws KmsError InvalidMarkerException when we did not issue the marker for this list.
 */
export async function listPage<Row>(
  ctx: Context,
  { operation, of, input }: PageRequest,
  read: (page: KeysetPage) => Promise<Page<Row>>,
  positionOf: (row: Row) => string,
): Promise<ListPage<Row>> {
  const request: MarkedPage = {
    list: [operation, ctx.accountId, ctx.region, of],
    limit: pageSize(operation, input.Limit),
    marker: input.Marker,
    refusal: () => new KmsError('InvalidMarkerException'),
  };
  const { rows, next } = await markedPage(ctx, request, read, positionOf);
  return { rows, paging: { Truncated: next !== undefined, ...defined({ NextMarker: next }) } };
}

/** The paging members of an IAM list's input. */
export interface IdentityPageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface IdentityPage<Row> {
  readonly rows: readonly Row[];
  /** Members of the answer. */
  readonly paging: { readonly IsTruncated: boolean; readonly Marker?: string };
}

const DEFAULT_MAX_ITEMS = 100;

/**
 * A page of an IAM list, within the account.
 * @param list operation, and what is listed
 * @param positionOf the row's place in the list's order
 * @throws KmsError ValidationException for a marker that was not issued for this list
 */
export async function identityPage<Row>(
  ctx: Context,
  [operation, ...of]: ListName,
  { Marker, MaxItems = DEFAULT_MAX_ITEMS }: IdentityPageInput,
  read: (page: KeysetPage) => Promise<Page<Row>>,
  positionOf: (row: Row) => string,
): Promise<IdentityPage<Row>> {
  const request: MarkedPage = {
    list: [operation, ctx.accountId, ...of],
    limit: MaxItems,
    marker: Marker,
    refusal: () => new KmsError('ValidationException', `Invalid Marker: ${Marker}`),
  };
  const { rows, next } = await markedPage(ctx, request, read, positionOf);
  return { rows, paging: { IsTruncated: next !== undefined, ...defined({ Marker: next }) } };
}

/** A page of an IAM list that is in memory and small because of its quota, in the order it has. */
export async function identityPageInMemory<Row>(
  ctx: Context,
  list: ListName,
  input: IdentityPageInput,
  rows: readonly Row[],
): Promise<IdentityPage<Row>> {
  const numbered = rows.map((row, i) => ({ row, place: i + 1 }));
  const page = await identityPage(
    ctx,
    list,
    input,
    async ({ after = '0', limit }) => pageOf(numbered.slice(Number(after)), limit),
    ({ place }) => String(place),
  );
  return { rows: page.rows.map(({ row }) => row), paging: page.paging };
}

/** A page of a list that is in memory already, in order of position. */
export function pageInMemory<Row>(
  rows: readonly Row[],
  positionOf: (row: Row) => string,
): (page: KeysetPage) => Promise<Page<Row>> {
  return async ({ after, limit }) => {
    const rest = rows
      .filter((row) => after === undefined || positionOf(row) > after)
      .sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
    return pageOf(rest, limit);
  };
}
