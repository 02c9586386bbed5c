/**
 * Step "authorize": every resource a request touches is asked about, each with its own action. The decision itself is
 * auth's pure function; here its inputs are gathered, grants only when the policies have not decided.
 */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { OperationRecord, Target } from '@keystead/provider-schema/records.ts';
import { type AuthorizationRequest, authorize, authorizeRetirement, type Decision } from './auth/authorize.ts';
import type { Grant, GrantConstraints } from './auth/grants.ts';
import { compiledKeyPolicy } from './auth/key-policies.ts';
import { conditionValues, encryptionContextOf } from './auth/request-context.ts';
import type { Context, ResolvedKey, ResolvedKeys } from './context.ts';
import { aliasArn, rootArn } from './domain/arn.ts';
import { decodeGrant } from './domain/grants.ts';

type Input = Readonly<Record<string, unknown>>;

/** @returns the keys, each with the grant that allowed its use where one did. @throws KmsError AccessDeniedException */
export async function authorizeTargets(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  keys: ResolvedKeys,
): Promise<ResolvedKeys> {
  requireOwnGrantTokens(ctx, input);
  const permitted: Record<string, ResolvedKey> = { ...keys };
  for (const target of record.targets) {
    if (target.kind === 'grant') continue; // decided by the grant, in the operation
    if (target.kind === 'account') {
      if (target.when !== undefined && input[target.when] === undefined) continue;
      const there = target.region === undefined ? ctx : { ...ctx, region: String(input[target.region]) };
      permit(
        authorize({
          ...requestOf(there, record, input, target, undefined),
          identityPolicies: ctx.authority.identityPolicies,
          grants: [],
        }),
      );
      continue;
    }
    if (target.kind === 'key' && target.resolveOnly) continue;
    if (target.kind === 'alias') permit(decideAlias(ctx, record, input, target));
    const key = keys[target.member];
    if (!key) continue;
    const sameKey = sameKeyOnBothSides(record, keys);
    const decision = permit(await decideKey(ctx, record, input, target, key, sameKey));
    if (decision.by.kind === 'grant') permitted[target.member] = { ...key, byGrant: decision.by.grant };
  }
  return permitted;
}

type Allowed = Extract<Decision, { allowed: true }>;

function permit(decision: Decision): Allowed {
  if (decision.allowed) return decision;
  throw new KmsError('AccessDeniedException', decision.message);
}

function decideAlias(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  target: Target & { kind: 'alias' },
): Decision {
  const arn = aliasArn(ctx.region, ctx.accountId, String(input[target.member]));
  return authorize({
    ...requestOf(ctx, record, input, target, undefined),
    resource: { arn, accountId: ctx.accountId },
    resourceKind: 'alias',
    identityPolicies: ctx.authority.identityPolicies,
    grants: [],
  });
}

async function decideKey(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  target: Target & { kind: 'key' | 'alias' },
  key: ResolvedKey,
  sameKey: boolean | undefined,
): Promise<Decision> {
  const requested = record.name === 'CreateGrant' ? requestedGrant(input) : undefined;
  const request: AuthorizationRequest = {
    ...requestOf(ctx, record, input, target, key, sameKey),
    ...askingAbout(ctx, key),
    ...(requested && { requestedGrant: requested }),
  };
  const byPolicy = authorize(request);
  if (byPolicy.allowed || request.grantOperation === undefined) return byPolicy;
  const { account_id, region, key_id } = key.regional;
  const principals = [ctx.principal.arn, rootArn(ctx.accountId, ctx.region)];
  const rows = await ctx.store.listGrantsForPrincipals(account_id, region, key_id, principals);
  return rows.length === 0 ? byPolicy : authorize({ ...request, grants: rows.map(decodeGrant) });
}

function requestOf(
  ctx: Context,
  record: OperationRecord,
  input: Input,
  target: Exclude<Target, { kind: 'grant' }>,
  key: ResolvedKey | undefined,
  sameKey?: boolean,
) {
  const about = { ...(key && { key }), ...(sameKey !== undefined && { sameKey }) };
  const encryptionContext = target.kind === 'key' ? encryptionContextOf(target.action, input) : undefined;
  const unnamed = target.kind === 'key' && target.ciphertextMember !== undefined && input[target.member] === undefined;
  return {
    principal: ctx.principal,
    action: target.action,
    conditions: conditionValues({ ctx, operation: record.name, action: target.action, input, ...about }),
    ...(record.grantable && { grantOperation: target.action.slice('kms:'.length) }),
    ...(encryptionContext && { encryptionContext }),
    ...(unnamed && { namedByCiphertext: true as const }),
    crossAccount: target.kind === 'key' && target.crossAccount,
  };
}

function askingAbout(ctx: Context, key: ResolvedKey) {
  return {
    resource: { arn: key.arn, accountId: key.regional.account_id },
    resourceKind: 'key' as const,
    keyPolicy: compiledKeyPolicy(key.regional.policy),
    identityPolicies: ctx.authority.identityPolicies,
    grants: [],
  };
}

/** kms:ReEncryptOnSameKey; undefined for operations with one key. */
function sameKeyOnBothSides(record: OperationRecord, keys: ResolvedKeys): boolean | undefined {
  const [source, destination] = record.targets.map((target) => ('member' in target ? keys[target.member] : undefined));
  return source && destination && source.arn === destination.arn;
}

function requestedGrant(input: Input): Pick<Grant, 'operations' | 'constraints'> {
  return {
    operations: input.Operations as readonly string[],
    ...(input.Constraints !== undefined && { constraints: input.Constraints as GrantConstraints }),
  };
}

/** A further key the request leads to without naming it. @throws KmsError AccessDeniedException */
export async function requireAllowed(ctx: Context, action: string, key: ResolvedKey): Promise<void> {
  // The key may live in another Region than the request: policies see the Region they decide for.
  const there = { ...ctx, region: key.regional.region };
  const conditions = conditionValues({ ctx: there, operation: action.slice('kms:'.length), action, input: {}, key });
  permit(authorize({ principal: ctx.principal, action, conditions, crossAccount: false, ...askingAbout(ctx, key) }));
}

/** @throws KmsError AccessDeniedException */
export function requireRetirement(ctx: Context, key: ResolvedKey, grant: Grant): void {
  const facts = { ctx, operation: 'RetireGrant', action: 'kms:RetireGrant', input: {}, key, grant };
  const { resource, keyPolicy, identityPolicies } = askingAbout(ctx, key);
  const asked = { principal: ctx.principal, grant, key: resource, keyPolicy, identityPolicies };
  permit(authorizeRetirement({ ...asked, conditions: conditionValues(facts) }));
}

/** Every grant token must be one we issued; grants take effect at once, so a token adds no permission of its own. */
function requireOwnGrantTokens(ctx: Context, input: Input): void {
  if (!Array.isArray(input.GrantTokens)) return;
  for (const token of input.GrantTokens) {
    if (ctx.tokens.open('grant', token) === undefined) {
      throw new KmsError('InvalidGrantTokenException', messages.invalidGrantToken());
    }
  }
}
