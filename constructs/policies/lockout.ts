/**
 * Whether somebody who can apply the stack could put another key policy later: AWS KMS and Keystead refuse a policy that
 * does not let the caller. The check is the control plane's own (`policy/lockout.ts`), asked for every caller that can be
 * meant: the root user of the key's account, every principal that the policy names, and one of each kind that it does
 * not name. The account is that of the stack's provider; where only Terraform knows it, every account of the policy can
 * be the one.
 */
import { noPolicies } from '@keystead/policy/authority.ts';
import { newEffort, TooCostly } from '@keystead/policy/effort.ts';
import { evaluateStatement } from '@keystead/policy/evaluate.ts';
import { lockoutCheck } from '@keystead/policy/lockout.ts';
import { type CompiledPolicy, parseKeyPolicy } from '@keystead/policy/policy.ts';
import type { Principal } from '@keystead/policy/principal.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { callersOf, root, somebody } from './callers.ts';
import { type Json, knownStatements, type ReadText } from './known-policy.ts';

export interface PolicyFacts {
  readonly statements: readonly Json[];
  readonly read: ReadText;
  /** Account of the key; undefined: only Terraform knows it. */
  readonly accountId: string | undefined;
  /** undefined: only Terraform knows it. */
  readonly region: string | undefined;
}

/** A text that no policy has: `key/` and no id. */
const someKey = ({ accountId, region }: PolicyFacts) =>
  `arn:aws:kms:${region ?? 'us-east-1'}:${accountId ?? '000000000000'}:key/00000000-0000-0000-0000-000000000000`;

/** What the control plane would say of the document itself; undefined: it is a key policy. */
export function grammarFinding({ statements, read }: PolicyFacts): string | undefined {
  try {
    compile(knownStatements(statements, read));
    return undefined;
  } catch (error) {
    if (error instanceof KmsError) return error.message;
    throw error;
  }
}

/** Whether the lockout check can pass. `true` also where nobody can know before Terraform runs. */
export function canPassLockoutCheck(facts: PolicyFacts): boolean {
  const statements = knownStatements(facts.statements, facts.read);
  const policy = compile(statements);
  const { callers, isExhaustive } = callersOf(statements, facts.accountId);
  return callers.some((caller) => passes(policy, caller, facts)) || !isExhaustive;
}

/**
 * The actions that identity policies of the account cannot allow, because the key policy does not let them.
 * @param actions by name, without wildcards
 */
export function actionsNotDelegated(facts: PolicyFacts, actions: readonly string[]): string[] {
  const policy = compile(knownStatements(facts.statements, facts.read));
  const accountId = facts.accountId ?? root('000000000000').accountId;
  return actions.filter((action) => !policy.statements.some((statement) => couldAllow(statement, action)));

  function couldAllow(statement: CompiledPolicy['statements'][number], action: string): boolean {
    if (statement.effect === 'Deny') return false;
    if (facts.accountId === undefined && statement.principals.accountIds.size > 0) return true;
    const question = {
      principal: somebody(accountId),
      hasBoundary: false,
      action,
      resourceArn: someKey(facts),
      conditions: () => undefined,
      effort: newEffort(),
    };
    const verdict = evaluateStatement(statement, question);
    return verdict === 'direct' || verdict === 'account' || typeof verdict === 'object';
  }
}

const compile = (statements: readonly Json[]): CompiledPolicy =>
  statements.length === 0
    ? { version: '2012-10-17', statements: [], mentions: new Set() }
    : parseKeyPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), true);

function passes(policy: CompiledPolicy, principal: Principal, facts: PolicyFacts): boolean {
  try {
    lockoutCheck(policy, { principal, authority: noPolicies }, someKey(facts), newEffort());
    return true;
  } catch (error) {
    if (error instanceof KmsError) return false;
    if (error instanceof TooCostly) return true;
    throw error;
  }
}
