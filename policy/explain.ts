/**
 * The reasoning of a decision, step by step, for operators: for each statement of each policy and for each grant,
 * whether it applies to the request and why not. It shows policies, so it must never be part of an answer to another
 * operation.
 */
import {
  type AuthorizationRequest,
  authorizeWithReasons,
  type Evaluation,
  type GrantRefusal,
  grantQuestionOf,
  grantRefusal,
  isForeign,
  limitingBound,
  questionOf,
  questionToKeyPolicy,
  rootUser,
} from './authorize.ts';
import { type CompiledCondition, type Conditions, isList, valuesOf } from './conditions.ts';
import { type Decision, type PolicyKind, reasonOf } from './decision.ts';
import { costs, type Effort, newEffort, renew, spend, TooCostly } from './effort.ts';
import { evaluateStatement, type Question, type Verdict } from './evaluate.ts';
import type { Grant } from './grants.ts';
import type { PolicyFinding } from './organizations.ts';
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

/**
 * The decision and each reason are the authorizer's own; this function only puts them into words. The words can cost as
 * much as the decision again; what is beyond that is left out.
 * @param findings about the policies, shown as a step of their own
 */
export function explain(request: AuthorizationRequest, findings: readonly PolicyFinding[] = []): Explanation {
  const effort = request.effort ?? newEffort();
  const { decision, evaluation } = authorizeWithReasons({ ...request, effort });
  if (!evaluation) return { decision, steps: [decisionStep(decision, [])] };
  renew(effort);
  const question = questionOf(request, effort);
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
      ...(ofKey ? [grantStep(request, evaluation, effort)] : []),
      ...(findings.length > 0 ? [findingsStep(findings)] : []),
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
          : 'does not allow it';
  const details = keyPolicy ? statementLines([keyPolicy], questionToKeyPolicy(question)) : [];
  return { question: 'key policy', answer, details };
}

function identityStep(question: Question, { identity }: Evaluation, policies: readonly CompiledPolicy[]): Step {
  const answer = identity.denied
    ? `deny explicitly, by "${identity.denied.statement}"`
    : identity.direct === rootUser
      ? 'are not needed: the root user can do everything in its account'
      : identity.direct
        ? `allow, by "${identity.direct.statement}"`
        : policies.length === 0
          ? 'there are none'
          : 'do not allow it';
  return { question: "the caller's identity policies", answer, details: statementLines(policies, question) };
}

function boundStep(
  kind: PolicyKind,
  policies: readonly CompiledPolicy[],
  question: Question,
  result: Evaluation['boundary'],
): Step {
  const answer = result?.denied
    ? `denies explicitly, by "${result.denied.statement}"`
    : result?.direct
      ? `allows, by "${result.direct.statement}"`
      : 'does not allow it, and so limits every permission that is not by name';
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

const boundedLine = (statement: CompiledStatement, question: Question): string =>
  withinEffort(() => verdictLine(evaluateStatement(statement, question), question)) ?? NOT_EXPLAINED;

const NOT_EXPLAINED = 'is not explained, because that would cost too much';

/** undefined: it costs too much. A statement that the decision did not reach can. */
function withinEffort<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TooCostly) return undefined;
    throw error;
  }
}

function verdictLine(verdict: Verdict, { conditions, effort }: Question): string {
  switch (verdict) {
    case 'direct':
      return 'applies';
    case 'account':
      return "applies to the caller's account";
    case 'no effect':
      return 'has no effect, because Action or Resource is missing';
    case 'other principals':
    case 'other actions':
    case 'other resources':
      return `is about ${verdict}`;
    default:
      return `does not apply: ${conditionLine(verdict, conditions, effort)}`;
  }
}

/** @throws TooCostly */
function conditionLine(
  { source, key, tagKey, ofList }: CompiledCondition,
  conditions: Conditions,
  effort: Effort,
): string {
  const found = conditions(key);
  const given = valuesOf(conditions, key);
  spendOnTexts(effort, given);
  spendOnTexts(effort, source.values);
  const has = given.length === 0 ? 'the request has none' : `the request has ${JSON.stringify(given)}`;
  const hint =
    tagKey !== undefined && conditions(key, tagKey) !== found
      ? ', of a tag whose key differs in case'
      : ofList === 'fails' && isList(found)
        ? ', a list, which needs ForAnyValue or ForAllValues'
        : '';
  return `${source.operator} ${source.key} ${JSON.stringify(source.values)}, ${has}${hint}`;
}

/** @throws TooCostly */
function spendOnTexts(effort: Effort, texts: readonly string[]): void {
  for (const { length } of texts) spend(effort, costs.test + length * costs.explainedCharacter);
}

function grantStep(request: AuthorizationRequest, evaluation: Evaluation, effort: Effort): Step {
  const { grants, grantOperation } = request;
  if (grantOperation === undefined) return { question: 'grants', answer: 'cannot allow this action', details: [] };
  const use = grantQuestionOf(request);
  const details: string[] = [];
  let allowing = 0;
  for (const grant of grants) {
    const line = withinEffort(() => {
      const refusal = grantRefusal(request, use, grant, evaluation, effort);
      const text = `grant ${grant.grantId} ${grantLine(grant, refusal, request, evaluation)}`;
      spend(effort, text.length * costs.explainedCharacter);
      if (refusal === undefined) allowing += 1;
      return text;
    });
    if (line === undefined) break;
    details.push(line);
  }
  const explained = details.length === grants.length ? `${grants.length}` : `the first ${details.length}`;
  const answer =
    grants.length === 0
      ? 'there are none for the caller'
      : `${allowing} of ${explained} for the caller or its account ${allowing === 1 ? 'allows' : 'allow'} it`;
  return { question: 'grants', answer, details };
}

function grantLine(
  { operations, constraints }: Grant,
  refusal: GrantRefusal | undefined,
  { authority }: AuthorizationRequest,
  evaluation: Evaluation,
): string {
  const failing = (constraint: string) => `has a constraint that does not hold: ${constraint}`;
  switch (refusal) {
    case undefined:
      return 'allows it';
    case 'other grantee':
      return 'is for another principal of that name';
    case 'other operations':
      return `allows ${operations.join(', ')}`;
    case 'not narrower':
      return 'allows CreateGrant for narrower grants only';
    case 'other encryption context':
      return failing(JSON.stringify(constraints));
    case 'other source': {
      const source = authority.source?.arn;
      const has = source === undefined ? 'the request has none' : `the request has ${JSON.stringify(source)}`;
      return failing(`SourceArn ${JSON.stringify(constraints?.SourceArn)}, ${has}`);
    }
    case 'accounts':
      return 'would allow it to a caller of its own account';
    case 'identity policies':
      return 'leaves it to identity policies, none of which allows';
    case 'bounds':
      return `would allow it, but the caller's ${limitingBound(evaluation)} does not allow it`;
  }
}

function circumstances(request: AuthorizationRequest, evaluation: Evaluation): readonly string[] {
  const bound = limitingBound(evaluation);
  return [
    ...(isForeign(request) ? ['The caller and the key are of different accounts: both accounts must allow it.'] : []),
    ...(bound ? [`The caller's ${bound} does not allow the action.`] : []),
  ];
}

const findingsStep = (findings: readonly PolicyFinding[]): Step => ({
  question: 'organizations',
  answer: 'some conditions have the same outcome for every request, because a fact is missing',
  details: findings.map(({ text }) => text),
});

function decisionStep(decision: Decision, details: readonly string[]): Step {
  return { question: 'decision', answer: `${decision.allowed ? 'Allow' : 'Deny'}: ${reasonOf(decision)}`, details };
}
