/**
 * The reasoning of a decision, step by step, for operators: what each statement of each policy and each grant had to say
 * to the request, and why those that had nothing to say did not speak. It shows policies: never part of an answer to a
 * caller who asked for something else.
 */
import {
  type AuthorizationRequest,
  authorizeWithReasons,
  type Evaluation,
  type GrantSilence,
  grantSilence,
  isForeign,
  questionOf,
  questionToKeyPolicy,
  rootUser,
  silentBound,
} from './authorize.ts';
import { type CompiledCondition, type Conditions, valuesOf } from './conditions.ts';
import { type Decision, type PolicyKind, reasonOf } from './decision.ts';
import { TooCostly } from './effort.ts';
import { judge, type Question, type Verdict } from './evaluate.ts';
import type { Grant } from './grants.ts';
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

/** The decision is the authorizer's own, and so is each reason: here they are only put into words. */
export function explain(request: AuthorizationRequest): Explanation {
  const { decision, evaluation } = authorizeWithReasons(request);
  if (!evaluation) return { decision, steps: [decisionStep(decision, [])] };
  const question = questionOf(request);
  const { identityPolicies, permissionsBoundary, sessionPolicies } = request.authority;
  const ofKey = request.resourceKind === 'key';
  return {
    decision,
    steps: [
      ...(ofKey ? [keyPolicyStep(request, question, evaluation)] : []),
      identityStep(question, evaluation, identityPolicies),
      ...(permissionsBoundary
        ? [boundStep('permissions boundary', [permissionsBoundary], question, evaluation.boundary)]
        : []),
      ...(sessionPolicies ? [boundStep('session policy', sessionPolicies, question, evaluation.session)] : []),
      ...(ofKey ? [grantStep(request, evaluation)] : []),
      decisionStep(decision, circumstances(request, evaluation)),
    ],
  };
}

function keyPolicyStep({ keyPolicy }: AuthorizationRequest, question: Question, { key }: Evaluation): Step {
  const { denied, itself, direct, delegated } = key;
  const answer = denied
    ? `denies explicitly, by "${denied.statement}"`
    : itself
      ? `allows the caller by name, by "${itself.statement}"`
      : direct
        ? `allows the caller, by "${direct.statement}"`
        : delegated
          ? `leaves it to the account's identity policies, by "${delegated.statement}"`
          : 'allows nothing';
  const details = keyPolicy ? statementLines([keyPolicy], questionToKeyPolicy(question)) : [];
  return { question: 'key policy', answer, details };
}

function identityStep(question: Question, { identity }: Evaluation, policies: readonly CompiledPolicy[]): Step {
  const answer = identity.denied
    ? `deny explicitly, by "${identity.denied.statement}"`
    : identity.direct === rootUser
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
  said: Evaluation['boundary'],
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
    return verdictLine(judge(statement, question), question.conditions);
  } catch (error) {
    if (error instanceof TooCostly) return 'costs too much to evaluate for this request';
    throw error;
  }
}

function verdictLine(verdict: Verdict, conditions: Conditions): string {
  switch (verdict) {
    case 'direct':
      return 'applies';
    case 'account':
      return "applies to the caller's account";
    case 'no effect':
      return 'has no Action or no Resource, and so no effect';
    case 'other principals':
    case 'other actions':
    case 'other resources':
      return `is about ${verdict}`;
    default:
      return `does not apply: ${conditionLine(verdict, conditions)}`;
  }
}

function conditionLine({ source, key }: CompiledCondition, conditions: Conditions): string {
  const given = valuesOf(conditions, key);
  const has = given.length === 0 ? 'the request has none' : `the request has ${JSON.stringify(given)}`;
  return `${source.operator} ${source.key} ${JSON.stringify(source.values)}, ${has}`;
}

function grantStep(request: AuthorizationRequest, evaluation: Evaluation): Step {
  const { grants, grantOperation } = request;
  if (grantOperation === undefined) return { question: 'grants', answer: 'cannot give this action', details: [] };
  const asked = grants.map((grant) => ({ grant, silence: grantSilence(request, grant, evaluation) }));
  const giving = asked.filter(({ silence }) => silence === undefined).length;
  const answer =
    grants.length === 0
      ? 'none is to the caller'
      : `${giving} of ${grants.length} to the caller or its account ${giving === 1 ? 'gives' : 'give'} it`;
  const details = asked.map(
    ({ grant, silence }) => `grant ${grant.grantId} ${grantLine(grant, silence, request, evaluation)}`,
  );
  return { question: 'grants', answer, details };
}

function grantLine(
  { operations, constraints }: Grant,
  silence: GrantSilence | undefined,
  { authority }: AuthorizationRequest,
  evaluation: Evaluation,
): string {
  const failing = (constraint: string) => `has a constraint that does not hold: ${constraint}`;
  switch (silence) {
    case undefined:
      return 'gives it';
    case 'other grantee':
      return 'is to another principal of that name';
    case 'other operations':
      return `gives ${operations.join(', ')}`;
    case 'not narrower':
      return 'gives CreateGrant for narrower grants only';
    case 'other encryption context':
      return failing(JSON.stringify(constraints));
    case 'other source': {
      const source = authority.source?.arn;
      const has = source === undefined ? 'the request has none' : `the request has ${JSON.stringify(source)}`;
      return failing(`SourceArn ${JSON.stringify(constraints?.SourceArn)}, ${has}`);
    }
    case 'accounts':
      return 'would give it to a caller of its own account';
    case 'identity policies':
      return "leaves it to identity policies, none of the caller's allows it";
    case 'bounds':
      return `would give it, but the caller's ${silentBound(evaluation)} does not allow it`;
  }
}

function circumstances(request: AuthorizationRequest, evaluation: Evaluation): readonly string[] {
  const bound = silentBound(evaluation);
  return [
    ...(isForeign(request) ? ['The caller is of another account than the key: both accounts have to allow.'] : []),
    ...(bound ? [`The caller's ${bound} does not allow the action.`] : []),
  ];
}

function decisionStep(decision: Decision, details: readonly string[]): Step {
  return { question: 'decision', answer: `${decision.allowed ? 'Allow' : 'Deny'}: ${reasonOf(decision)}`, details };
}
