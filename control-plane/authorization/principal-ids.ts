/**
 * Recognises the principals that policies and grants name by ARN by their unique ids, so that a principal that gets the
 * same ARN later is not mistaken for the first.
 * Source: IAM User Guide, "IAM identifiers", unique identifiers; "AWS JSON policy elements: Principal".
 */
import { assumedRoleArn, type PrincipalReference, rootArn } from '@keystead/provider-schema/arn.ts';
import type { AccountReader } from '../storage/port/identities/accounts.ts';
import type { PrincipalReader } from '../storage/port/identities/principals.ts';

/** The part of a request's context that is needed. */
interface Directory {
  readonly store: AccountReader & PrincipalReader;
  readonly region: string;
}

/**
 * The principal's unique id if its account exists here, else its ARN; undefined if the account exists here but the
 * principal does not. A session's id is its role's id, a colon and the session's name. Principals of accounts
 * elsewhere, and federated users, which nothing here creates, cannot be checked: they are recognised by ARN.
 */
export async function findPrincipalId(ctx: Directory, named: PrincipalReference): Promise<string | undefined> {
  if (named.kind === 'unique-id') return named.principalId;
  if (named.kind === 'account') return rootArn(named.accountId, ctx.region);
  if (named.kind === 'federated-user' || !(await ctx.store.findAccount(named.accountId))) return named.arn;
  if (named.kind !== 'assumed-role') return (await ctx.store.findPrincipal(named.arn))?.principal_id;
  const [roleName = '', sessionName] = sessionParts(named.arn);
  const role = await ctx.store.findPrincipalNamed(named.accountId, 'role', roleName);
  return role?.name === roleName ? `${role.principal_id}:${sessionName}` : undefined;
}

const sessionParts = (arn: string) => arn.slice(arn.indexOf('/') + 1).split('/');

/** The ARN that a principal recognised by this id has now; the id itself when the principal was deleted. */
export async function currentArnOf(ctx: Directory, id: string, arn: string): Promise<string> {
  if (id === arn) return arn;
  const [principalId = '', sessionName] = id.split(':');
  const known = (await ctx.store.findPrincipalById(principalId))?.principal;
  if (!known) return principalId;
  return sessionName === undefined ? known.arn : assumedRoleArn(known.arn, known.name, sessionName);
}
