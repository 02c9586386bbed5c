/**
 * The reasoning of a decision, step by step, for operators: what each statement of each policy and each grant had to say
 * to the request, and why those that had nothing to say did not speak. It shows policies: never part of an answer to a
 * caller who asked for something else.
 */
import { type AuthorizationRequest, authorize, type Hearing, hear, isForeign, silentBound } from './authorize.ts';
import { type CompiledCondition, type Conditions, conditionHolds, valuesOf } from './conditions.ts';
import { type Decision, type PolicyKind, reasonOf } from './decision.ts';
import { newEffort, TooCostly } from './effort.ts';
import { actionMatches, keyPolicyConditions, principalReach, type Question, resourceMatches } from './evaluate.ts';
import { constraintsHold, type Grant, granteeReach, isNarrowerGrant } from './grants.ts';
import type { CompiledPolicy, CompiledStatement } from './policy.ts';

export interface Step {
  readonly question: string;
  readonly answer: string;
  readonly details: readonly string[];
}

export interface Explanation {
  readonly decision: Decision;
  readonly steps: readonly Step[];
}

export function explain(request: AuthorizationRequest): Explanation {
  const decision = authorize(request);
  if (!decision.allowed && decision.denial.kind === 'no-allow' && decision.denial.tooCostly) {
    return { decision, steps: [{ question: 'decision', answer: `Deny: ${reasonOf(decision)}`, details: [] }] };
  }
  const heard = hear(request);
  const question: Question = { ...request, resourceArn: request.resource?.arn ?? '*', effort: newEffort() };
  const { identityPolicies, permissionsBoundary, sessionPolicies } = request.authority;
  const ofKey = request.resourceKind === 'key';
  return {
    decision,
    steps: [
      ...(ofKey ? [keyPolicyStep(request, question, heard)] : []),
      identityStep(request, question, heard, identityPolicies),
      ...(permissionsBoundary
        ? [boundStep('permissions boundary', [permissionsBoundary], question, heard.boundary)]
        : []),
      ...(sessionPolicies ? [boundStep('session policy', sessionPolicies, question, heard.session)] : []),
      ...(ofKey ? [grantStep(request)] : []),
      decisionStep(request, decision, heard),
    ],
  };
}

function keyPolicyStep({ keyPolicy, conditions }: AuthorizationRequest, question: Question, heard: Hearing): Step {
  const asked = { ...question, conditions: keyPolicyConditions(conditions) };
  const { denied, itself, direct, delegated } = heard.key;
  const answer = denied
    ? `denies explicitly, by "${denied.statement}"`
    : itself
      ? `allows the caller by name, by "${itself.statement}"`
      : direct
        ? `allows the caller, by "${direct.statement}"`
        : delegated
          ? `leaves it to the account's identity policies, by "${delegated.statement}"`
          : 'allows nothing';
  return { question: 'key policy', answer, details: keyPolicy ? statementLines([keyPolicy], asked) : [] };
}

function identityStep(
  { principal }: AuthorizationRequest,
  question: Question,
  { identity }: Hearing,
  policies: readonly CompiledPolicy[],
): Step {
  const answer = identity.denied
    ? `deny explicitly, by "${identity.denied.statement}"`
    : principal.kind === 'root'
      ? 'need not be asked: the root user may do everything in its account'
      : identity.direct
        ? `allow, by "${identity.direct.statement}"`
        : policies.length === 0
          ? 'there are none'
          : 'allow nothing';
  return { question: "the caller's identity policies", answer, details: statementLines(policies, question) };
}

function boundStep(
  kind: PolicyKind,
  policies: readonly CompiledPolicy[],
  question: Question,
  said: Hearing['boundary'],
): Step {
  const answer = said?.denied
    ? `denies explicitly, by "${said.denied.statement}"`
    : said?.direct
      ? `allows, by "${said.direct.statement}"`
      : 'is silent, and so narrows what is allowed other than by name';
  return { question: kind, answer, details: statementLines(policies, question) };
}

function statementLines(policies: readonly CompiledPolicy[], question: Question): readonly string[] {
  return policies.flatMap(({ statements, name }) =>
    statements.map((statement) => {
      const where = name === undefined ? '' : `${name} `;
      return `${where}${statement.effect} "${statement.name}": ${boundedLine(statement, question)}`;
    }),
  );
}

/** A statement that the decision did not come to may cost too much. */
function boundedLine(statement: CompiledStatement, question: Question): string {
  try {
    return statementLine(statement, question);
  } catch (error) {
    if (error instanceof TooCostly) return 'costs too much to evaluate for this request';
    throw error;
  }
}

/** The first thing that keeps a statement from speaking, or how it reaches the caller. */
function statementLine(statement: CompiledStatement, question: Question): string {
  const reach = principalReach(statement.principals, question.principal, statement.effect);
  if (reach === 'none') return 'is about other principals';
  if (!statement.actions || !statement.resources) return 'has no Action or no Resource, and so no effect';
  if (!actionMatches(statement, question)) return 'is about other actions';
  if (!resourceMatches(statement, question, newEffort())) return 'is about other resources';
  const failing = statement.conditions.find(
    (condition) => !conditionHolds(condition, question.conditions, newEffort()),
  );
  if (failing) return `does not apply: ${conditionLine(failing, question.conditions)}`;
  return reach === 'account' ? "applies to the caller's account" : 'applies';
}

function conditionLine({ source, key }: CompiledCondition, conditions: Conditions): string {
  const given = valuesOf(conditions, key);
  const has = given.length === 0 ? 'the request has none' : `the request has ${JSON.stringify(given)}`;
  return `${source.operator} ${source.key} ${JSON.stringify(source.values)}, ${has}`;
}

function grantStep(request: AuthorizationRequest): Step {
  const { grants, grantOperation } = request;
  if (grantOperation === undefined) return { question: 'grants', answer: 'cannot give this action', details: [] };
  const details = grants.map((grant) => `grant ${grant.grantId} ${grantLine(grant, grantOperation, request)}`);
  const giving = details.filter((line) => line.endsWith('gives it')).length;
  const answer =
    grants.length === 0
      ? 'none is to the caller'
      : `${giving} of ${grants.length} to the caller or its account ${giving === 1 ? 'gives' : 'give'} it`;
  return { question: 'grants', answer, details };
}

function grantLine(grant: Grant, operation: string, request: AuthorizationRequest): string {
  if (granteeReach(grant, request.principal) === 'none') return 'is to another principal of that name';
  if (!grant.operations.includes(operation)) return `gives ${grant.operations.join(', ')}`;
  if (operation === 'CreateGrant' && request.requestedGrant && !isNarrowerGrant(grant, request.requestedGrant)) {
    return 'gives CreateGrant for narrower grants only';
  }
  const constraint = JSON.stringify(grant.constraints ?? {});
  const unasked = ['DescribeKey', 'RetireGrant', 'CreateGrant'].includes(operation);
  const holds = unasked || constraintsHold(grant.constraints, request.encryptionContext ?? {});
  return holds ? 'gives it' : `has a constraint that does not hold: ${constraint}`;
}

function decisionStep(request: AuthorizationRequest, decision: Decision, heard: Hearing): Step {
  const bound = silentBound(heard);
  const details = [
    ...(isForeign(request) ? ['The caller is of another account than the key: both accounts have to allow.'] : []),
    ...(bound ? [`The caller's ${bound} does not allow the action.`] : []),
  ];
  return { question: 'decision', answer: `${decision.allowed ? 'Allow' : 'Deny'}: ${reasonOf(decision)}`, details };
}
