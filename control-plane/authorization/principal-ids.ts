/**
 * Recognises the principals that policies and grants name by ARN by their unique ids, so that a principal that gets the
 * same ARN later is not mistaken for the first.
 * Source: IAM User Guide, "IAM identifiers", unique identifiers; "AWS JSON policy elements: Principal".
 */
import { assumedRoleArn, type PrincipalReference, parseArn, rootArn } from '@keystead/provider-schema/arn.ts';
import { isServiceLinkedArn } from '../domain/identities/service-linked-roles.ts';
import type { PrincipalReader } from '../storage/port/identities/principals.ts';

/** The part of a request's context that is needed. */
interface Directory {
  readonly store: PrincipalReader;
  /** Of the caller. */
  readonly accountId: string;
  readonly region: string;
}

/**
 * The principal's unique id if it exists here, else its ARN; undefined for a principal of the caller's account that does
 * not exist. A session's id is its role's id, a colon and the session's name. Whether a principal of another account
 * exists is not told: one that does not is recognised by ARN, like principals of accounts elsewhere, and like federated
 * users, which nothing here creates. So is a service-linked role, which a service makes when it first needs it, often
 * after the policies that name it.
 */
export async function findPrincipalId(ctx: Directory, named: PrincipalReference): Promise<string | undefined> {
  if (named.kind === 'unique-id') return named.principalId;
  if (named.kind === 'account') return rootArn(named.accountId, ctx.region);
  if (named.kind === 'federated-user') return named.arn;
  const stored = await storedPrincipalId(ctx, named);
  if (stored !== undefined || (named.accountId === ctx.accountId && !isServiceLinkedRole(named))) return stored;
  return named.arn;
}

const isServiceLinkedRole = ({ kind, arn }: NamedReference) => kind === 'role' && isServiceLinkedArn(arn);

type NamedReference = Extract<PrincipalReference, { readonly arn: string }>;

async function storedPrincipalId({ store }: Directory, named: NamedReference): Promise<string | undefined> {
  if (named.kind !== 'assumed-role') return (await store.findPrincipal(named.arn))?.principal_id;
  const [roleName = '', sessionName] = sessionParts(named.arn);
  const role = await store.findPrincipalNamed(named.accountId, 'role', roleName);
  return role?.name === roleName ? `${role.principal_id}:${sessionName}` : undefined;
}

const sessionParts = (arn: string) => arn.slice(arn.indexOf('/') + 1).split('/');

/**
 * The ARN that a principal recognised by this id has now; the id itself when the principal was deleted. A principal of
 * another account keeps the ARN that it was named by: the caller does not learn what became of it.
 */
export async function currentArnOf(ctx: Directory, id: string, arn: string): Promise<string> {
  if (id === arn || parseArn(arn)?.accountId !== ctx.accountId) return arn;
  const [principalId = '', sessionName] = id.split(':');
  const known = (await ctx.store.findPrincipalById(principalId))?.principal;
  if (!known) return principalId;
  return sessionName === undefined ? known.arn : assumedRoleArn(known.arn, known.name, sessionName);
}
