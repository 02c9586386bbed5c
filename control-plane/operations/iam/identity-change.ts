/**
 * What operations on identities share: one change of an account at a time, limits, pages, and what the change log and the audit
 * say of a change.
 */
import { createHash } from 'node:crypto';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { trailElements } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import { bumpAccountRevision, identityChange } from '../../mutations/identity-mutations.ts';
import type { Change } from '../../storage/port/changes.ts';
import type { NamePage, Page } from '../../storage/port/page.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { AccountRow } from '../../storage/port/tables.ts';
import type { Implementation, Input, Output } from '../shared/implementation.ts';

/** What a change of identities decided. Without mutations nothing changed and nothing is told. */
export interface IdentityChange<Output> {
  readonly output: Output;
  readonly resource: Pick<Change, 'resourceType' | 'resourceId'>;
  readonly kind: Change['kind'];
  readonly mutations: readonly Mutation[];
}

/**
 * A write to the identities of the caller's account. The account is read first, and the write fails if any identity of
 * it changed since: what `decide` read, counted and did not find still holds when it commits.
 */
export function identityWrite<Name extends keyof OperationTypes>(
  name: Name,
  decide: (ctx: Context, input: Input<Name>) => Promise<IdentityChange<Output<Name>>>,
): Implementation<Name> {
  return {
    async run(ctx, input) {
      const account = await requireAccount(ctx);
      const { output, resource, kind, mutations } = await decide(ctx, input);
      if (mutations.length === 0) return { output };
      return {
        output,
        mutations: [bumpAccountRevision(account), ...mutations],
        changes: [identityChange(ctx, resource, kind, name)],
        ...(output !== undefined && { audit: { responseElements: trailElements(output) } }),
      };
    },
  };
}

/** A read of the identities of the caller's account. */
export function identityRead<Name extends keyof OperationTypes>(
  read: (ctx: Context, input: Input<Name>) => Promise<Output<Name>>,
): Implementation<Name> {
  return { run: async (ctx, input) => ({ output: await read(ctx, input) }) };
}

export async function requireAccount(ctx: Context): Promise<AccountRow> {
  const account = await ctx.store.findAccount(ctx.accountId);
  if (!account) throw new Error(`the account ${ctx.accountId} of a caller has no row`);
  return account;
}

/** @throws KmsError LimitExceededException when there is no room for one more */
export function requireRoom(quota: string, limit: number, count: number): void {
  if (count >= limit) throw new KmsError('LimitExceededException', messages.quotaExceeded(quota, limit));
}

export const noSuchEntity = (message: string) => new KmsError('NoSuchEntityException', message);
export const alreadyExists = (message: string) => new KmsError('EntityAlreadyExistsException', message);
export const deleteConflict = (message: string) => new KmsError('DeleteConflictException', message);

interface PagedInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface IdentityPaging {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

const DEFAULT_PAGE = 100;

/**
 * One page of a list and the members of the answer that tell whether more follow. A marker names its list, and is
 * refused by any other.
 * @param list operation, and what is listed
 * @throws KmsError ValidationException for a marker that was not issued for this list
 */
export async function identityPage<Row>(
  ctx: Context,
  list: readonly [operation: string, ...of: string[]],
  { Marker, MaxItems }: PagedInput,
  read: (page: { readonly after?: string; readonly limit: number }) => Promise<Page<Row>>,
  positionOf: (row: Row) => string,
): Promise<{ readonly rows: readonly Row[]; readonly paging: IdentityPaging }> {
  const name = [ctx.accountId, ...list].join('\n');
  const after = Marker === undefined ? undefined : openMarker(ctx, name, Marker);
  const { rows, more } = await read({ limit: MaxItems ?? DEFAULT_PAGE, ...(after !== undefined && { after }) });
  const last = rows.at(-1);
  if (!more || last === undefined) return { rows, paging: { IsTruncated: false } };
  return {
    rows,
    paging: { IsTruncated: true, Marker: ctx.sealedTokens.seal('marker', [digest(name), positionOf(last)]) },
  };
}

/** A list that is in memory, small by its quota, in the order it has. */
export async function identityPageInMemory<Row>(
  ctx: Context,
  list: readonly [operation: string, ...of: string[]],
  input: PagedInput,
  rows: readonly Row[],
): Promise<{ readonly rows: readonly Row[]; readonly paging: IdentityPaging }> {
  const numbered = rows.map((row, i) => ({ row, place: i + 1 }));
  const page = await identityPage(
    ctx,
    list,
    input,
    async ({ after = '0', limit }) => {
      const rest = numbered.slice(Number(after));
      return { rows: rest.slice(0, limit), more: rest.length > limit };
    },
    ({ place }) => String(place),
  );
  return { rows: page.rows.map(({ row }) => row), paging: page.paging };
}

function openMarker(ctx: Context, name: string, marker: string): string {
  const opened = ctx.sealedTokens.open('marker', marker);
  if (Array.isArray(opened) && opened.length === 2 && opened[0] === digest(name)) return String(opened[1]);
  throw new KmsError('ValidationException', `Invalid Marker: ${marker}`);
}

/** Names may be long and a marker may not: a hash stands for the list's. */
function digest(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 22);
}

/** The page of a list by name under a path. */
export function namePage(
  { PathPrefix }: { readonly PathPrefix?: string | undefined },
  page: { readonly after?: string; readonly limit: number },
): NamePage {
  return { ...page, ...(PathPrefix !== undefined && { pathPrefix: PathPrefix }) };
}
