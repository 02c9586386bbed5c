/**
 * Decides a request that was not made as a real one: with the same function and the stored policies and grants, to
 * which the caller can add an identity policy and a key policy in place of the stored one. It changes nothing and uses
 * no key.
 */
import { type Authority, noPolicies, type SourceFacts } from '@keystead/policy/authority.ts';
import { type AuthorizationRequest, authorize } from '@keystead/policy/authorize.ts';
import { reasonOf } from '@keystead/policy/decision.ts';
import { countCompiled, type Effort } from '@keystead/policy/effort.ts';
import { explain } from '@keystead/policy/explain.ts';
import { type Grant, isGrantOperationAllowed } from '@keystead/policy/grants.ts';
import { compiledKeyPolicy } from '@keystead/policy/key-policies.ts';
import { organizationFindings, type PolicyFinding } from '@keystead/policy/organizations.ts';
import { type CompiledPolicy, parseIdentityPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { allConditions, type ConditionFacts, conditionsOf, conditionValue } from '@keystead/policy/request-context.ts';
import { isServiceName, type PrincipalReference, parsePrincipal } from '@keystead/provider-schema/arn.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import { operations } from '@keystead/provider-schema/operations/index.ts';
import type { Organization } from '@keystead/provider-schema/organization.ts';
import type { OperationRecord } from '@keystead/provider-schema/records.ts';
import type { Context } from '../context/context.ts';
import type { ResolvedKey } from '../context/resolved-key.ts';
import { parseKeyRef } from '../domain/identifiers/key-ref.ts';
import { readOrganization } from './organizations.ts';
import { factsToRead, grantsTo } from './permit.ts';
import { authorityOf, policiesInAuthority } from './principal-policies.ts';
import { principalOf, roleSessionOf, serviceIn } from './principals.ts';
import { resolveNamed } from './resolve.ts';

type Input = OperationTypes['SimulateAuthorization']['input'];
type Output = OperationTypes['SimulateAuthorization']['output'];

/** A principal with its authority, which did not make the request. */
export interface Simulated {
  readonly principal: Principal;
  readonly authority: Authority;
}

/** A request for an action on a key, as the contract has it for SimulateAuthorization. */
type SimulatedInput = Pick<Input, 'Action' | 'EncryptionContext' | 'ConditionValues' | 'KeyPolicy'>;

const SESSION_NAME = 'simulated';
const MAX_LINES = 2000;

/**
 * @throws KmsError ValidationException for an action that no operation needs, MalformedPolicyDocumentException,
 * NoSuchEntityException, NotFoundException
 */
export async function simulate(ctx: Context, input: Input): Promise<Output> {
  requireAction(input.Action);
  const { principal, authority: own } = await simulatedPrincipal(ctx, input.PrincipalArn);
  const added =
    input.IdentityPolicy === undefined ? [] : [parseIdentityPolicy(input.IdentityPolicy, 'the given policy')];
  countCompiled(ctx.effort, input.IdentityPolicy ?? '');
  const authority: Authority = {
    ...own,
    identityPolicies: [...own.identityPolicies, ...added],
    ...defined({ viaService: input.ViaService, source: sourceIn(input) }),
  };
  const as: Context = { ...ctx, principal, authority, sourceIp: '', userAgent: '' };
  const key = input.KeyId === undefined ? undefined : await simulatedKey(ctx, input.KeyId);
  const facts = await simulatedFacts(as, input, key);
  const request = { ...requestOf(as, input, facts, key), grants: key ? await grantsTo(as, key) : [] };
  const { decision, steps } = explain(request, findingsOf(request, facts, given(input)));
  return {
    Decision: decision.allowed ? 'Allow' : 'Deny',
    Reason: reasonOf(decision),
    ...(!decision.allowed && { Message: decision.message }),
    Steps: steps.map(({ question, answer, details }) => ({
      Question: question,
      Answer: answer,
      Details: details.slice(0, MAX_LINES),
    })),
    ConditionValues: shownConditions({ ...allConditions(facts), ...given(input) }),
  };
}

/**
 * What the authorizer decides about one action on a key, without its explanation.
 * @param as a context with the principal, its authority and the facts of its request
 * @param grants to the principal on the key (`grantsTo`)
 */
export async function isAllowedAs(
  as: Context,
  input: SimulatedInput,
  key: ResolvedKey,
  grants: readonly Grant[],
): Promise<boolean> {
  return authorize({ ...requestOf(as, input, await simulatedFacts(as, input, key), key), grants }).allowed;
}

/** Conditions on organizations that cannot depend on the request; without those whose value the caller gives. */
function findingsOf(
  { principal, authority, keyPolicy, resource }: Omit<AuthorizationRequest, 'grants'>,
  { resourceOrganization }: ConditionFacts,
  overrides: Readonly<Record<string, unknown>>,
): readonly PolicyFinding[] {
  const organizations = new Map<string, Organization>();
  if (authority.organization) organizations.set(principal.accountId, authority.organization);
  if (resource && resourceOrganization) organizations.set(resource.accountId, resourceOrganization);
  const facts = { principal, organizations, ...defined({ resourceAccountId: resource?.accountId }) };
  return [...(keyPolicy ? [keyPolicy] : []), ...policiesInAuthority(authority)]
    .flatMap((policy) => organizationFindings(policy, facts))
    .filter(({ conditionKey }) => !Object.hasOwn(overrides, conditionKey));
}

function requestOf(
  { principal, authority, effort }: Context,
  input: SimulatedInput,
  facts: ConditionFacts,
  key: ResolvedKey | undefined,
): Omit<AuthorizationRequest, 'grants'> {
  const overrides = given(input);
  const derived = conditionsOf(facts);
  const operation = input.Action.slice('kms:'.length);
  const asked = {
    principal,
    authority,
    effort,
    action: input.Action,
    conditions: (name: string, tagKey?: string) => {
      const values = Object.hasOwn(overrides, name) ? overrides[name] : undefined;
      return values ? conditionValue(name, values) : derived(name, tagKey);
    },
    crossAccount:
      recordOf(input.Action)?.targets.some((target) => 'crossAccount' in target && target.crossAccount) ?? false,
  };
  if (!key) return asked;
  const { shared, regional } = key;
  const grantable = isGrantOperationAllowed(operation, { keySpec: shared.key_spec, keyUsage: shared.key_usage });
  return {
    ...asked,
    resource: { arn: key.arn, accountId: regional.account_id },
    resourceKind: 'key',
    keyPolicy: simulatedKeyPolicy(input, key, effort),
    ...(grantable && { grantOperation: operation }),
    ...defined({ encryptionContext: input.EncryptionContext }),
  };
}

async function simulatedFacts(
  ctx: Context,
  input: SimulatedInput,
  key: ResolvedKey | undefined,
): Promise<ConditionFacts> {
  const { Action: action, EncryptionContext: pairs } = input;
  const contexts = { EncryptionContext: pairs, SourceEncryptionContext: pairs, DestinationEncryptionContext: pairs };
  const facts = {
    ctx,
    operation: recordOf(action)?.name ?? action.slice(action.indexOf(':') + 1),
    action,
    input: contexts,
  };
  if (!key) return facts;
  return { ...facts, key, ...(await factsToRead(ctx, simulatedKeyPolicy(input, key, ctx.effort), key)) };
}

function simulatedKeyPolicy({ KeyPolicy }: SimulatedInput, { regional }: ResolvedKey, effort: Effort): CompiledPolicy {
  if (KeyPolicy !== undefined) return compiledKeyPolicy(KeyPolicy, undefined, effort, true);
  return compiledKeyPolicy(regional.policy, regional.policy_principals, effort);
}

/** Condition values that the caller gives, beside or in place of those that follow from the request. */
const given = ({ ConditionValues = {} }: Pick<Input, 'ConditionValues'>): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(ConditionValues).map(([name, values]) => [name.toLowerCase(), values]));

/** The resource that a service calls for, by the conditions given: a grant can be for calls on its behalf only. */
function sourceIn(input: Input): SourceFacts | undefined {
  const { 'aws:sourcearn': arns, 'aws:sourceaccount': accountIds } = given(input);
  if (!arns && !accountIds) return undefined;
  return defined({ arn: arns?.[0], accountId: accountIds?.[0] });
}

const shownConditions = (values: Readonly<Record<string, string | readonly string[]>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]),
  );

function recordOf(action: string): OperationRecord | undefined {
  const records: readonly OperationRecord[] = Object.values(operations);
  return records.find(({ targets }) => targets.some((target) => target.action.toLowerCase() === action.toLowerCase()));
}

/** Needed beside sts:AssumeRole, by its input. */
const FURTHER_ACTIONS = ['sts:SetSourceIdentity', 'sts:TagSession'];

/** In lower case, as policies compare them. An operation without a target needs the action of its own name. */
const actions: ReadonlySet<string> = new Set(
  [
    ...FURTHER_ACTIONS,
    ...Object.values<OperationRecord>(operations).flatMap(({ service, name, targets }) =>
      targets.length === 0 ? [`${service}:${name}`] : targets.map(({ action }) => action),
    ),
  ].map((action) => action.toLowerCase()),
);

/**
 * A mistyped action would be denied, and look like an answer. Wildcards are for policies: a request has one action (IAM
 * API Reference, SimulatePrincipalPolicy, ActionNames).
 */
function requireAction(action: string): void {
  if (actions.has(action.toLowerCase())) return;
  throw new KmsError('ValidationException', `There is no action ${action}.`);
}

/** Keys of the caller's own account only: the answer reveals policies. */
const simulatedKey = (ctx: Context, keyId: string): Promise<ResolvedKey> =>
  resolveNamed(ctx, { action: 'kms:DescribeKey', crossAccount: false }, parseKeyRef(keyId, 'key-or-alias'));

/** A principal of the caller's account as it is; one of another account as if that account allowed it everything. */
export async function simulatedPrincipal(ctx: Context, named: string): Promise<Simulated> {
  if (isServiceName(named)) {
    const service = { kind: 'aws-service', accountId: ctx.accountId, arn: named, principalId: named } as const;
    return inOrganization(ctx, { principal: serviceIn(ctx.region, service), authority: noPolicies });
  }
  const reference = parsePrincipal(named);
  if (!reference || reference.kind === 'unique-id' || !named.startsWith('arn:')) {
    throw new KmsError('InvalidArnException', `ARN does not refer to a valid principal: ${named}`);
  }
  if (reference.kind === 'account') {
    const { accountId } = reference;
    const principal = { kind: 'root', accountId, arn: named, principalId: accountId } as const;
    return inOrganization(ctx, { principal, authority: noPolicies });
  }
  return reference.accountId === ctx.accountId
    ? ownPrincipal(ctx, reference)
    : inOrganization(ctx, foreignPrincipal(reference));
}

/** With the organization of the principal's account, if this installation has the account. */
export async function inOrganization(ctx: Context, { principal, authority }: Simulated): Promise<Simulated> {
  const organization = await readOrganization(ctx.store, principal.accountId);
  return { principal, authority: { ...authority, ...defined({ organization }) } };
}

type Named = Extract<PrincipalReference, { readonly arn: string }>;

async function ownPrincipal(ctx: Context, { kind, accountId, arn }: Named): Promise<Simulated> {
  const [roleName = '', sessionName = SESSION_NAME] = arn.slice(arn.indexOf('/') + 1).split('/');
  const row =
    kind === 'assumed-role'
      ? await ctx.store.findPrincipalNamed(accountId, 'role', roleName)
      : await ctx.store.findPrincipal(arn);
  if (!row) throw new KmsError('NoSuchEntityException', `${arn} does not exist in this account.`);
  const authority = await authorityOf(ctx.store, row);
  const session = kind === 'assumed-role' ? sessionName : SESSION_NAME;
  return { principal: principalOf(row) ?? roleSessionOf(row, session), authority };
}

const ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

/** Of every principal of another account: what that account allows is not told. */
export const foreignAuthority = (accountId: string): Authority => ({
  identityPolicies: [parseIdentityPolicy(ALLOW_ALL, `assumed for account ${accountId}`)],
  principalTags: {},
});

function foreignPrincipal({ kind, accountId, arn }: Named): Simulated {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const authority = foreignAuthority(accountId);
  if (kind === 'role' || kind === 'assumed-role') {
    const role =
      kind === 'role' ? arn : arn.replace(':sts:', ':iam:').replace(/:assumed-role\/([^/]+)\/.*$/, ':role/$1');
    const row = { account_id: accountId, principal_id: '', name: role.slice(role.lastIndexOf('/') + 1), arn: role };
    return { principal: roleSessionOf(row, kind === 'role' ? SESSION_NAME : name), authority };
  }
  return { principal: { kind: 'user', accountId, arn, principalId: '', userName: name }, authority };
}
