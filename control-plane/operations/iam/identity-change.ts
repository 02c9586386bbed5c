/**
 * What operations on identities share: one change of an account at a time, limits, and the change-log row and audit
 * data of a change.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { trailElements } from '../../audit/event-form.ts';
import type { Context } from '../../context/context.ts';
import { bumpAccountRevision, identityChange } from '../../mutations/identity-mutations.ts';
import type { Change } from '../../storage/port/changes.ts';
import type { KeysetPage, NamePage } from '../../storage/port/page.ts';
import type { Mutation } from '../../storage/port/store.ts';
import type { AccountRow } from '../../storage/port/tables.ts';
import type { Implementation, Input, Output } from '../shared/implementation.ts';

/** The result of a change of identities. Without mutations nothing changed, and the change log gets no row. */
export interface IdentityChange<Output> {
  readonly output: Output;
  readonly resource: Pick<Change, 'resourceType' | 'resourceId'>;
  readonly kind: Change['kind'];
  readonly mutations: readonly Mutation[];
}

/**
 * A write to the identities of the caller's account. The account is read first, and the write fails if any identity of
 * the account changed since. So everything that `decide` read, counted or did not find still holds at the commit.
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
  if (!account) throw new Error(`the account ${ctx.accountId} of the caller is not in the database`);
  return account;
}

/** @throws KmsError LimitExceededException when there is no room for one more */
export function requireRoom(quota: string, limit: number, count: number): void {
  if (count >= limit) throw new KmsError('LimitExceededException', messages.quotaExceeded(quota, limit));
}

export const noSuchEntity = (message: string) => new KmsError('NoSuchEntityException', message);
export const alreadyExists = (message: string) => new KmsError('EntityAlreadyExistsException', message);
export const deleteConflict = (message: string) => new KmsError('DeleteConflictException', message);

/** A page of a list that is in order of name and limited to a path prefix. */
export function namePage({ PathPrefix }: { readonly PathPrefix?: string | undefined }, page: KeysetPage): NamePage {
  return { ...page, ...defined({ pathPrefix: PathPrefix }) };
}
