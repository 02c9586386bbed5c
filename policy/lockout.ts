/**
 * The lockout safety check: the caller who puts a key policy must still be able to put another.
 * Source: KMS API Reference, PutKeyPolicy, BypassPolicyLockoutSafetyCheck; KMS Developer Guide, "Default key policy".
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import type { Organization } from '@keystead/provider-schema/organization.ts';
import type { Authority } from './authority.ts';
import type { Conditions } from './conditions.ts';
import { type Effort, TooCostly } from './effort.ts';
import { evaluateStatement, type Question, reachOf } from './evaluate.ts';
import type { CompiledPolicy, CompiledStatement } from './policy.ts';
import type { Principal } from './principal.ts';
import { callerConditions } from './request-context.ts';

const PUT = 'kms:PutKeyPolicy';

/**
 * The caller, or the caller's account, is allowed PutKeyPolicy by the new policy and not denied by it. Beforehand
 * only the caller's identity and the organization of its account, which is also the key's, can be proven: an Allow
 * under any other condition does not count. A policy that costs too much to evaluate does not let the caller back in.
 * @throws KmsError MalformedPolicyDocumentException
 */
export function lockoutCheck(
  policy: CompiledPolicy,
  { principal, authority }: { readonly principal: Principal; readonly authority: Authority },
  keyArn: string,
  effort: Effort,
): void {
  const provable = provableConditions(principal, authority.organization);
  const hasBoundary = authority.permissionsBoundary !== undefined;
  const question = { principal, hasBoundary, action: PUT, resourceArn: keyArn, conditions: provable, effort };
  const reaching = reachingStatements(policy, question);
  const denied = reaching.some(({ effect }) => effect === 'Deny');
  const allowed = reaching.some((statement) => statement.effect === 'Allow' && isProven(statement, provable));
  if (denied || !allowed) throw new KmsError('MalformedPolicyDocumentException', messages.policyLockout);
}

/**
 * Whether one of these principals can put another policy, if conditions let it, and whatever identity policies say. A
 * policy that costs too much to evaluate counts as one that lets it.
 */
export function canSomeonePutPolicy(
  policy: CompiledPolicy,
  principals: readonly Principal[],
  keyArn: string,
  effort: Effort,
): boolean {
  return principals.some((principal) => {
    const conditions = callerConditions(principal, {});
    const question = { principal, hasBoundary: false, action: PUT, resourceArn: keyArn, conditions, effort };
    try {
      return canPutPolicy(policy, question);
    } catch (error) {
      if (error instanceof TooCostly) return true;
      throw error;
    }
  });
}

/** A condition that fails here can hold in a request; a Deny counts only if it is certain. */
function canPutPolicy({ statements }: CompiledPolicy, question: Question): boolean {
  let allowed = false;
  for (const statement of statements) {
    const verdict = evaluateStatement(statement, question);
    const applies = verdict === 'direct' || verdict === 'account';
    if (statement.effect === 'Deny' && applies && isProven(statement, question.conditions)) return false;
    if (statement.effect === 'Allow' && (applies || typeof verdict === 'object')) allowed = true;
  }
  return allowed;
}

/** @throws KmsError MalformedPolicyDocumentException when it costs too much to find them */
function reachingStatements({ statements }: CompiledPolicy, question: Question): readonly CompiledStatement[] {
  try {
    return statements.filter((statement) => reachOf(statement, question) !== 'none');
  } catch (error) {
    if (error instanceof TooCostly) throw new KmsError('MalformedPolicyDocumentException', messages.policyLockout);
    throw error;
  }
}

function provableConditions(principal: Principal, organization: Organization | undefined): Conditions {
  const ofCaller = callerConditions(principal, defined({ organization }));
  return (name) => {
    if (name === 'aws:resourceorgid') return organization?.id;
    return name === 'aws:resourceorgpaths' ? organization?.paths : ofCaller(name);
  };
}

const isProven = (statement: CompiledStatement, provable: Conditions) =>
  statement.conditions.every(({ key }) => provable(key) !== undefined);
