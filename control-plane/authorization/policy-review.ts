/**
 * What a key policy that is not in force yet would change: who of those that administer or lately used the key could no
 * longer do so. Each answer is the authorizer's own: it decides the same request under the present policy and under the
 * planned one, with the stored grants and identity policies.
 */
import { noPolicies } from '@keystead/policy/authority.ts';
import { isExhausted, renew } from '@keystead/policy/effort.ts';
import type { Grant } from '@keystead/policy/grants.ts';
import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import { canSomeonePutPolicy, lockoutCheck } from '@keystead/policy/lockout.ts';
import { type CompiledPolicy, principalsNamed } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { isAccountId, isServiceName, type PrincipalReference, rootArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { Context } from '../context/context.ts';
import type { ResolvedKey } from '../context/resolved-key.ts';
import type { UseByPrincipal, UseFacts } from '../domain/keys/key-users.ts';
import { createTurnBudget } from '../runtime/turn-budget.ts';
import { grantsTo } from './permit.ts';
import { authorityOf } from './principal-policies.ts';
import { principalOf, roleSessionOf, serviceIn } from './principals.ts';
import { foreignAuthority, inOrganization, isAllowedAs, type Simulated } from './simulate.ts';

export interface PolicyReview {
  /** The lockout check refuses the caller, who can put a policy now. */
  readonly callerLockedOut: boolean;
  /** Nobody at all could put another policy. */
  readonly everyoneLockedOut: boolean;
  /** ARNs of those, beside the caller, whom the present policy lets put another and the planned one does not. */
  readonly administratorsLockedOut: readonly string[];
  /** The uses that would be denied if they were repeated. */
  readonly lost: readonly UseByPrincipal[];
  /** The decisions cost too much: the review is not complete, and what it found holds. */
  readonly isCutOff: boolean;
}

const PUT = 'kms:PutKeyPolicy';
/** Of the principals that a policy names; a policy has room for a thousand. */
const ADMINISTRATORS_LOOKED_AT = 50;

/** Decisions in one turn of the event loop: together a few milliseconds. */
const deciding = createTurnBudget(20);

/**
 * @param uses latest first
 * @throws KmsError MalformedPolicyDocumentException, LimitExceededException for a document that is not a key policy
 */
export async function reviewKeyPolicy(
  ctx: Context,
  key: ResolvedKey,
  document: string,
  uses: readonly UseByPrincipal[],
): Promise<PolicyReview> {
  renew(ctx.effort);
  const planned = compiledKeyPolicy(document, undefined, ctx.effort, true);
  const asCaller = { ctx, grants: [] };
  const callerCan = await isAllowed(asCaller, key, PUT);
  const callerLockedOut = callerCan && isLockedOut(ctx, planned, key.arn);
  const everyoneLockedOut = isEveryoneLockedOut(ctx, planned, key.arn);
  const administratorsLockedOut = await lostAdministrators(ctx, key, document);
  const lost = await lostUses(ctx, key, document, uses);
  return { callerLockedOut, everyoneLockedOut, administratorsLockedOut, lost, isCutOff: isExhausted(ctx.effort) };
}

/** @throws KmsError as `reviewKeyPolicy` */
export function reviewNewKeyPolicy(
  ctx: Context,
  document: string,
  keyArn: string,
): Pick<PolicyReview, 'callerLockedOut' | 'everyoneLockedOut'> {
  renew(ctx.effort);
  const planned = compiledKeyPolicy(document, undefined, ctx.effort, true);
  return {
    callerLockedOut: isLockedOut(ctx, planned, keyArn),
    everyoneLockedOut: isEveryoneLockedOut(ctx, planned, keyArn),
  };
}

function isLockedOut(ctx: Context, policy: CompiledPolicy, keyArn: string): boolean {
  try {
    lockoutCheck(policy, ctx, keyArn, ctx.effort);
    return false;
  } catch (error) {
    if (error instanceof KmsError) return !isExhausted(ctx.effort);
    throw error;
  }
}

/** Only principals of the key's account can put its policy: those that the policy names, the root user, the caller. */
function isEveryoneLockedOut(ctx: Context, policy: CompiledPolicy, keyArn: string): boolean {
  const named = principalsNamed(policy).flatMap((reference) => namedPrincipal(ctx, reference) ?? []);
  return !canSomeonePutPolicy(policy, [ctx.principal, rootUser(ctx).principal, ...named], keyArn, ctx.effort);
}

/** The principal as the policy names it, whether it exists or not. */
function namedPrincipal({ accountId }: Context, reference: PrincipalReference): Principal | undefined {
  if (reference.kind === 'unique-id') {
    const { principalId } = reference;
    return { kind: 'user', accountId, arn: principalId, principalId, userName: principalId };
  }
  if (reference.kind === 'account' || reference.accountId !== accountId) return undefined;
  const { kind, arn } = reference;
  const [name = '', sessionName = 'session'] = arn.slice(arn.indexOf('/') + 1).split('/');
  if (kind === 'assumed-role') {
    const role = arn.replace(':sts:', ':iam:').replace(/:assumed-role\/.*$/, `:role/${name}`);
    return roleSessionOf({ account_id: accountId, principal_id: '', name, arn: role }, sessionName);
  }
  if (kind === 'role') {
    return roleSessionOf({ account_id: accountId, principal_id: '', name, arn }, sessionName);
  }
  return { kind: 'user', accountId, arn, principalId: '', userName: name };
}

async function lostAdministrators(ctx: Context, key: ResolvedKey, document: string): Promise<readonly string[]> {
  const { policy, policy_principals } = key.regional;
  const present = compiledKeyPolicy(policy, policy_principals, ctx.effort);
  const arns = new Set([rootArn(ctx.accountId, ctx.region), ...ownArns(ctx, principalsNamed(present))]);
  arns.delete(ctx.principal.kind === 'assumed-role' ? ctx.principal.roleArn : ctx.principal.arn);
  const lost: string[] = [];
  for (const arn of [...arns].slice(0, ADMINISTRATORS_LOOKED_AT)) {
    const one = await administrator(ctx, arn);
    if (one && (await isLost(actingAs(ctx, one), key, PUT, document))) lost.push(arn);
  }
  return lost;
}

const ownArns = ({ accountId }: Context, references: readonly PrincipalReference[]): readonly string[] =>
  references.flatMap((one) => ('arn' in one && one.accountId === accountId ? [one.arn] : []));

/** undefined: there is no such principal. */
async function administrator(ctx: Context, arn: string): Promise<Simulated | undefined> {
  if (arn === rootArn(ctx.accountId, ctx.region)) return inOrganization(ctx, rootUser(ctx));
  const row = await ctx.store.findPrincipal(arn);
  if (!row) return undefined;
  return { principal: principalOf(row) ?? roleSessionOf(row, 'session'), authority: await authorityOf(ctx.store, row) };
}

function rootUser({ accountId, region }: Pick<Context, 'accountId' | 'region'>): Simulated {
  const principal = { kind: 'root', accountId, arn: rootArn(accountId, region), principalId: accountId } as const;
  return { principal, authority: noPolicies };
}

async function lostUses(
  ctx: Context,
  key: ResolvedKey,
  document: string,
  uses: readonly UseByPrincipal[],
): Promise<readonly UseByPrincipal[]> {
  const lost: UseByPrincipal[] = [];
  for (const [, ofPrincipal] of Map.groupBy(uses, ({ principalId }) => principalId)) {
    const [first] = ofPrincipal;
    const user = first && (await userOf(ctx, first));
    // A principal that was deleted cannot lose anything.
    if (!user) continue;
    const grants = await grantsTo({ ...ctx, ...user }, key);
    for (const use of ofPrincipal) {
      const as = { ...actingAs(ctx, user, use.facts), grants };
      if (await isLost(as, key, use.action, document, use.facts)) lost.push(use);
    }
  }
  return lost;
}

/** The principal of a use as it is now; undefined: it was deleted. */
async function userOf(ctx: Context, use: UseByPrincipal): Promise<Simulated | undefined> {
  const { principalId, principalAccountId: accountId, facts } = use;
  if (isServiceName(principalId)) {
    const service = { kind: 'aws-service', accountId: ctx.accountId, arn: principalId, principalId } as const;
    return inOrganization(ctx, { principal: serviceIn(ctx.region, service), authority: noPolicies });
  }
  const isForeign = accountId !== ctx.accountId;
  if (isAccountId(principalId)) {
    const root = rootUser({ accountId: principalId, region: ctx.region });
    return inOrganization(ctx, isForeign ? { ...root, authority: foreignAuthority(accountId) } : root);
  }
  const row = (await ctx.store.findPrincipalById(principalId))?.principal;
  if (!row) return undefined;
  const principal = principalOf(row) ?? roleSessionOf(row, facts.sessionName ?? 'session');
  if (isForeign) return inOrganization(ctx, { principal, authority: foreignAuthority(accountId) });
  return { principal, authority: await authorityOf(ctx.store, row) };
}

/** A context of the principal, with the facts of its last request. */
interface Acting {
  readonly ctx: Context;
  readonly grants: readonly Grant[];
}

function actingAs(ctx: Context, { principal, authority }: Simulated, facts: UseFacts = {}): Acting {
  const own = { ...authority, ...defined({ viaService: facts.viaService }) };
  const as = { ...ctx, principal, authority: own, sourceIp: facts.sourceIp ?? '', userAgent: '' };
  return { ctx: as, grants: [] };
}

/** Allowed now, and denied under the planned policy. A decision that costs too much shows nothing. */
async function isLost(as: Acting, key: ResolvedKey, action: string, document: string, facts?: UseFacts) {
  if (isExhausted(as.ctx.effort) || !(await isAllowed(as, key, action, { ...defined({ facts }) }))) return false;
  const isKept = await isAllowed(as, key, action, { document, ...defined({ facts }) });
  return !isKept && !isExhausted(as.ctx.effort);
}

async function isAllowed(
  { ctx, grants }: Acting,
  key: ResolvedKey,
  action: string,
  under: { readonly document?: string; readonly facts?: UseFacts } = {},
): Promise<boolean> {
  await deciding.take(1);
  const { document, facts } = under;
  const input = {
    Action: action,
    ...defined({ KeyPolicy: document, EncryptionContext: facts?.encryptionContext }),
  };
  return isAllowedAs(ctx, input, key, grants);
}
