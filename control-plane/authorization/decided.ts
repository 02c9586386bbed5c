/**
 * Decisions and what follows from them: a refusal, or an operation that goes on, each with the decisions for the audit.
 */
import { type Decision, type DecisionNote, noteOf } from '@keystead/policy/decision.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { Refusal, type Result, refusalAfter } from '../context/refusal.ts';

export type Allowed = Extract<Decision, { allowed: true }>;

/** A decision of the authorizer, and its note for the audit record. */
export interface Answered {
  readonly decision: Decision;
  readonly note: DecisionNote;
}

export const answered = (asked: Parameters<typeof noteOf>[0], decision: Decision): Answered => ({
  decision,
  note: noteOf(asked, decision),
});

/**
 * @param decisions all so far, this one included
 * @throws Refusal of AccessDeniedException
 */
export function requireAllow(decision: Decision, decisions: readonly DecisionNote[]): Allowed {
  if (decision.allowed) return decision;
  throw new Refusal(new KmsError('AccessDeniedException', decision.message), { decisions });
}

/** The rest of an operation, once it is allowed. */
export type Proceed<T extends Result> = () => T | Promise<T>;

/** Runs the rest of an operation that `decisions` allowed, and adds them to its outcome or its refusal. */
export async function proceedAfter<T extends Result>(
  decisions: readonly DecisionNote[],
  proceed: Proceed<T>,
): Promise<T> {
  try {
    const outcome = await proceed();
    return { ...outcome, decisions: [...decisions, ...(outcome.decisions ?? [])] };
  } catch (error) {
    throw refusalAfter({ decisions }, error);
  }
}
