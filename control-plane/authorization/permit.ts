/**
 * Step "authorize": decides about every resource that a request touches, each with its own action. The decision itself
 * is a pure function of `policy`; this file reads its inputs: grants only when the policies have not decided, a key's
 * aliases and last use only when a policy mentions them.
 */
import {
  type AuthorizationRequest,
  authorize,
  authorizeEvaluated,
  authorizeWithReasons,
} from '@keystead/policy/authorize.ts';
import { type Decision, type DecisionNote, noteOf } from '@keystead/policy/decision.ts';
import { GRANTS_PER_DECISION } from '@keystead/policy/effort.ts';
import { type Grant, type GrantConstraints, granteeIdsOf, meantConstraints } from '@keystead/policy/grants.ts';
import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import type { CompiledPolicy } from '@keystead/policy/policy.ts';
import { serviceNames } from '@keystead/policy/principal.ts';
import { withOneSource } from '@keystead/policy/re-encryption.ts';
import { type ConditionFacts, conditionsOf, encryptionContextOf } from '@keystead/policy/request-context.ts';
import { authorizeRetirement } from '@keystead/policy/retirement.ts';
import { aliasArn, driftReportsArn, rootArn } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord, Target } from '@keystead/provider-schema/records.ts';
import type { Context } from '../context/context.ts';
import type { Decided, Result } from '../context/refusal.ts';
import type { ResolvedKey, ResolvedKeys } from '../context/resolved-key.ts';
import { decodeGrant } from '../domain/keys/grants.ts';
import type { GrantRow } from '../storage/port/tables.ts';
import { type Answered, answered, type Proceed, proceedAfter, requireAllow } from './decided.ts';
import { type TargetedIdentity, targetedIdentities } from './identity-targets.ts';
import { resourceOrganization } from './organizations.ts';
import { policiesInAuthority } from './principal-policies.ts';

type Input = Readonly<Record<string, unknown>>;
type KeyTarget = Extract<Target, { kind: 'key' }>;
type AliasTarget = Extract<Target, { kind: 'alias' }>;
type AccountTarget = Extract<Target, { kind: 'account' }>;

/** The keys of an allowed request, each with the grant that allowed its use, if one did; and the decisions. */
export interface Permitted extends Decided {
  readonly keys: ResolvedKeys;
}

/** @throws Refusal of AccessDeniedException; KmsError InvalidGrantTokenException, AccessDeniedException */
export async function authorizeTargets(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  keys: ResolvedKeys,
): Promise<Permitted> {
  requireForwardable(ctx, record);
  if (Array.isArray(input.GrantTokens)) await requireOwnGrantTokens(ctx, input.GrantTokens);
  const permitted: Record<string, ResolvedKey> = { ...keys };
  const decisions: DecisionNote[] = [];
  const sides: Asked[] | undefined = record.name === 'ReEncrypt' ? [] : undefined;
  const admit = ({ decision, note }: Answered) => {
    decisions.push(note);
    return requireAllow(decision, decisions);
  };
  const admitKey = (asked: AskedKey, member: string) => {
    const { by } = admit(asked);
    const key = keys[member];
    if (key && by.policy === 'grant') permitted[member] = { ...key, byGrant: by.grant };
  };
  for (const target of record.targets) {
    if (target.kind === 'grant') continue; // decided by the grant, in the operation
    if (target.kind === 'account') {
      if (target.when !== undefined && input[target.when] === undefined) continue;
      admit(askAboutItself(ctx, target, input) ?? askAccount(ctx, record, input, target, keys));
      continue;
    }
    if (target.kind === 'identity') {
      if (target.when !== undefined && input[target.when] === undefined) continue;
      const identities = await targetedIdentities(ctx, target, input);
      for (const identity of identities) admit(askNamed(ctx, record, input, target, identity));
      continue;
    }
    if (target.kind === 'drift-reports') {
      const arn = driftReportsArn(ctx.accountId, String(input[target.member]), ctx.region);
      admit(askNamed(ctx, record, input, target, { arn }));
      continue;
    }
    if (target.kind === 'key' && target.resolveOnly) continue;
    if (target.kind === 'alias') admit(askAlias(ctx, record, input, target));
    const key = keys[target.member];
    if (!key) continue;
    const asked = await askKey(ctx, record, input, target, key, sameKeyOnBothSides(record, keys));
    admitKey(asked, target.member);
    sides?.push({ ...asked, member: target.member });
  }
  const together = sides && askedTogether(sides);
  if (together) decisions.length = 0;
  for (const asked of together ?? []) admitKey(asked, asked.member);
  return { keys: permitted, decisions };
}

/** A question about a key, with its answer. */
interface AskedKey extends Answered {
  readonly request: AuthorizationRequest;
}

interface Asked extends AskedKey {
  readonly member: string;
}

/** The two keys of a ReEncrypt, when the grants that allow them do not name one source; undefined: all is answered. */
function askedTogether([from, to]: readonly Asked[]): readonly Asked[] | undefined {
  if (!from || !to) return undefined;
  const decisions = withOneSource(from, to);
  return (
    decisions && [
      { ...askedKey(from.request, decisions[0]), member: from.member },
      { ...askedKey(to.request, decisions[1]), member: to.member },
    ]
  );
}

const askedKey = (request: AuthorizationRequest, decision: Decision): AskedKey => ({
  request,
  decision,
  note: noteOf(request, decision),
});

const ask = (request: AuthorizationRequest): Answered => answered(request, authorize(request));

/** A service has no identity policies, and does not need one where it names itself; undefined: it does not. */
function askAboutItself({ principal }: Context, target: AccountTarget, input: Input): Answered | undefined {
  const { action, ofService } = target;
  if (ofService === undefined || principal.kind !== 'aws-service') return undefined;
  if (!serviceNames(principal).some((name) => name === input[ofService])) return undefined;
  const by = { policy: 'identity policy', statement: 'service itself' } as const;
  return answered({ principal, action }, { allowed: true, by });
}

/** CreateKey for a replica is decided on the properties of the primary key, in the replica's Region. */
function askAccount(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  target: AccountTarget,
  keys: ResolvedKeys,
): Answered {
  const there = target.region === undefined ? ctx : { ...ctx, region: String(input[target.region]) };
  const primary = target.region === undefined ? undefined : keys.KeyId;
  const facts = { ctx: there, operation: record.name, action: target.action, input };
  return ask({
    principal: ctx.principal,
    authority: ctx.authority,
    effort: ctx.effort,
    action: target.action,
    conditions: conditionsOf({ ...facts, ...defined({ replicaOf: primary }) }),
    grants: [],
    crossAccount: false,
  });
}

/** What only identity policies decide, on a resource that has an ARN. */
function askNamed(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  target: Pick<Target, 'action'>,
  { arn, tags, permissionsBoundary }: TargetedIdentity,
): Answered {
  const about = defined({ resourceTags: tags, permissionsBoundary });
  return ask({
    principal: ctx.principal,
    authority: ctx.authority,
    effort: ctx.effort,
    action: target.action,
    resource: { arn, accountId: ctx.accountId },
    conditions: conditionsOf({ ctx, operation: record.name, action: target.action, input, ...about }),
    grants: [],
    crossAccount: false,
  });
}

function askAlias(ctx: Context, record: OperationRecord, input: Input, target: AliasTarget): Answered {
  const arn = aliasArn(ctx.region, ctx.accountId, String(input[target.member]));
  return ask({
    principal: ctx.principal,
    authority: ctx.authority,
    effort: ctx.effort,
    action: target.action,
    resource: { arn, accountId: ctx.accountId },
    resourceKind: 'alias',
    conditions: conditionsOf({ ctx, operation: record.name, action: target.action, input }),
    grants: [],
    crossAccount: false,
  });
}

async function askKey(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  target: KeyTarget | AliasTarget,
  key: ResolvedKey,
  sameKey: boolean | undefined,
): Promise<AskedKey> {
  const { action } = target;
  const about = aboutKey(ctx, key);
  const read = await factsToRead(ctx, about.keyPolicy, key);
  const facts = { ctx, operation: record.name, action, input, key, ...read, ...defined({ sameKey }) };
  const encryptionContext = target.kind === 'key' ? encryptionContextOf(action, input) : undefined;
  const unnamed = target.kind === 'key' && target.ciphertextMember !== undefined && input[target.member] === undefined;
  const request: AuthorizationRequest = {
    ...about,
    action,
    conditions: conditionsOf(facts),
    crossAccount: target.kind === 'key' && target.crossAccount,
    ...(record.grantable && { grantOperation: action.slice('kms:'.length) }),
    ...defined({ encryptionContext }),
    ...(unnamed && { namedByCiphertext: true as const }),
    ...(record.name === 'CreateGrant' && { requestedGrant: requestedGrant(input) }),
  };
  const { decision: byPolicy, evaluation } = authorizeWithReasons(request);
  const { grantOperation } = request;
  if (byPolicy.allowed || grantOperation === undefined || !evaluation) return askedKey(request, byPolicy);
  const grants = await grantsTo(ctx, key, grantOperation);
  if (grants.length === 0) return askedKey(request, byPolicy);
  const withGrants = { ...request, grants };
  return askedKey(withGrants, authorizeEvaluated(withGrants, evaluation));
}

function aboutKey(ctx: Context, key: ResolvedKey) {
  return {
    principal: ctx.principal,
    authority: ctx.authority,
    effort: ctx.effort,
    resource: { arn: key.arn, accountId: key.regional.account_id },
    resourceKind: 'key' as const,
    keyPolicy: compiledKeyPolicy(key.regional.policy, key.regional.policy_principals, ctx.effort),
    grants: [],
  };
}

/** Facts that only some policies mention; they are read only for those. */
export async function factsToRead(
  ctx: Context,
  keyPolicy: CompiledPolicy,
  { regional }: ResolvedKey,
): Promise<Pick<ConditionFacts, 'keyAliases' | 'daysWithoutUse' | 'resourceOrganization'>> {
  const { account_id, region, key_id } = regional;
  const ofCaller = policiesInAuthority(ctx.authority);
  const policies = [keyPolicy, ...ofCaller];
  const asksFor = (name: string, asking: readonly CompiledPolicy[]) =>
    asking.some(({ mentions }) => mentions.has(name));
  const aliases = asksFor('kms:resourcealiases', ofCaller)
    ? await ctx.store.listAliases(account_id, region, { keyId: key_id, limit: MAX_ALIASES })
    : undefined;
  const usage = asksFor('kms:trailingdayswithoutkeyusage', policies)
    ? await ctx.store.findKeyUsage(account_id, region, key_id)
    : undefined;
  const organization = await resourceOrganization(ctx, account_id, policies);
  return defined({
    keyAliases: aliases?.rows.map(({ alias_name }) => alias_name),
    daysWithoutUse: usage && Math.floor((ctx.nowMs - usage.used_at_ms) / MS_PER_DAY),
    resourceOrganization: organization,
  });
}

const MS_PER_DAY = 86_400_000;
/** More aliases than a key can have. */
const MAX_ALIASES = 1000;

/** Read at once, and decoded in a few milliseconds. */
const GRANTS_PER_PAGE = 500;

/**
 * Grants on the key to the caller or its account, beginning with those that a decision can afford to look at. A page at
 * a time, so that other requests are served between.
 * @param operation only grants of this operation; absent: all of them, for explanations
 */
export async function grantsTo(ctx: Context, key: ResolvedKey, operation?: string): Promise<readonly Grant[]> {
  const { account_id, region, key_id } = key.regional;
  const { principal } = ctx;
  const account = principal.kind === 'aws-service' ? [] : [rootArn(principal.accountId, ctx.region)];
  const ids = [...new Set([...granteeIdsOf(principal), ...account])];
  const first = await ctx.store.listGrantsForGrantees(account_id, region, key_id, ids, GRANTS_PER_PAGE);
  if (!first.more) return decodedGrants(first.rows, operation);
  const grants: Grant[] = [];
  for (const id of ids) {
    let page: Awaited<ReturnType<Context['store']['listGrantsForGrantee']>>;
    let after = '';
    do {
      page = await ctx.store.listGrantsForGrantee(account_id, region, key_id, id, { after, limit: GRANTS_PER_PAGE });
      grants.push(...decodedGrants(page.rows, operation));
      if (grants.length > GRANTS_PER_DECISION) return grants;
      after = page.rows.at(-1)?.grant_id ?? '';
    } while (page.more);
  }
  return grants;
}

/** The operations are a JSON array: a grant without the operation is not decoded. */
const decodedGrants = (rows: readonly GrantRow[], operation: string | undefined): readonly Grant[] =>
  rows.filter(({ operations }) => operation === undefined || operations.includes(`"${operation}"`)).map(decodeGrant);

/** kms:ReEncryptOnSameKey; undefined for operations with one key. */
function sameKeyOnBothSides(record: OperationRecord, keys: ResolvedKeys): boolean | undefined {
  const [source, destination] = record.targets.map((target) => ('member' in target ? keys[target.member] : undefined));
  return source && destination && source.arn === destination.arn;
}

function requestedGrant(input: Input): Pick<Grant, 'operations' | 'constraints'> {
  return {
    // A hostile request repeats them thousands of times.
    operations: [...new Set(input.Operations as readonly string[])],
    ...defined({ constraints: meantConstraints(input.Constraints as GrantConstraints | undefined) }),
  };
}

/** What the policies say of an action on a key that the request names in a list. Nothing is refused by it. */
export async function askAboutKey(ctx: Context, action: string, key: ResolvedKey): Promise<Answered> {
  // The key can be in another Region than the request: policies see the key's Region.
  const there = { ...ctx, region: key.regional.region };
  const about = aboutKey(ctx, key);
  const read = await factsToRead(ctx, about.keyPolicy, key);
  const facts = { ctx: there, operation: action.slice('kms:'.length), action, input: {}, key, ...read };
  return ask({ ...about, action, conditions: conditionsOf(facts), crossAccount: false });
}

/** The same of an action that only identity policies decide, on the caller's account. */
export function askAboutAccount(ctx: Context, action: string): Answered {
  const { principal, authority, effort } = ctx;
  const conditions = conditionsOf({ ctx, operation: action.slice('kms:'.length), action, input: {} });
  return ask({ principal, authority, effort, action, conditions, grants: [], crossAccount: false });
}

/**
 * Requires permission for a further key that the request affects without naming it (the replica that becomes the
 * primary).
 * @throws Refusal of AccessDeniedException, or of what `proceed` throws
 */
export async function requireAllowed<T extends Result>(
  ctx: Context,
  action: string,
  key: ResolvedKey,
  proceed: Proceed<T>,
): Promise<T> {
  return proceedWhen(await askAboutKey(ctx, action, key), proceed);
}

/**
 * Requires that the caller can retire a grant; the grant itself decides.
 * @throws Refusal of AccessDeniedException, or of what `proceed` throws
 */
export async function requireRetirement<T extends Result>(
  ctx: Context,
  key: ResolvedKey,
  grant: Grant,
  proceed: Proceed<T>,
): Promise<T> {
  const action = 'kms:RetireGrant';
  const { principal, authority, effort, resource, keyPolicy } = aboutKey(ctx, key);
  const read = await factsToRead(ctx, keyPolicy, key);
  const conditions = conditionsOf({ ctx, operation: 'RetireGrant', action, input: {}, key, grant, ...read });
  const retirement = { principal, authority, effort, grant, key: resource, keyPolicy, conditions };
  return proceedWhen(answered({ principal, action, resource }, authorizeRetirement(retirement)), proceed);
}

function proceedWhen<T extends Result>({ decision, note }: Answered, proceed: Proceed<T>): Promise<T> {
  requireAllow(decision, [note]);
  return proceedAfter([note], proceed);
}

/**
 * A service can act for a principal on keys only; only the principal itself can change or read identities. Without the
 * principal's proof, the operator says for which operations.
 */
function requireForwardable(
  { authority, principal, callableWithoutProof }: Context,
  { service, name }: OperationRecord,
): void {
  if (authority.viaService === undefined) return;
  const through = `User: ${principal.arn} cannot call ${name} through a service`;
  if (service !== 'kms') throw new KmsError('AccessDeniedException', `${through}.`);
  if (callableWithoutProof?.has(name) === false) {
    throw new KmsError('AccessDeniedException', `${through} without a session token.`);
  }
}

/** Every grant token must be one that we issued; grants take effect at once, so a token adds no permission. */
async function requireOwnGrantTokens(ctx: Context, grantTokens: readonly string[]): Promise<void> {
  for (const grantToken of grantTokens) {
    if ((await ctx.sealedTokens.open('grant', grantToken)) === undefined) {
      throw new KmsError('InvalidGrantTokenException', messages.invalidGrantToken());
    }
  }
}
