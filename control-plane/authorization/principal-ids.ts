/**
 * What principals are recognised by where they were named by ARN, in policies and grants: their unique ids, so that another
 * principal that is given the same ARN later is not taken for them.
 * Source: IAM User Guide, "IAM identifiers", unique identifiers; "AWS JSON policy elements: Principal".
 */
import { assumedRoleArn, type PrincipalReference, rootArn } from '@keystead/provider-schema/arn.ts';
import type { AccountReader } from '../storage/port/identities/accounts.ts';
import type { PrincipalReader } from '../storage/port/identities/principals.ts';

/** What of a request's context is asked. */
interface Directory {
  readonly store: AccountReader & PrincipalReader;
  readonly region: string;
}

/**
 * The principal's unique id where its account lives here, else its ARN; undefined for one that does not exist, though its
 * account lives here. A session's is its role's, a colon and its name. Principals that are managed elsewhere, and federated
 * users, whom nothing here makes, cannot be checked: their ARN is all there is.
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
