/** A decision on its way to the audit record. */
import { type Decision, type DecisionNote, noteOf } from '@keystead/policy/decision.ts';
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { Refusal, type Result, refusalAfter } from '../context/refusal.ts';

export type Allowed = Extract<Decision, { allowed: true }>;

/** An answer of the authorizer's, and how the audit keeps it. */
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

/** What an operation goes on to do once it is allowed; the decisions join its outcome, or its refusal. */
export type Proceed<T extends Result> = () => T | Promise<T>;

/** Goes on once decisions allow it. What comes of it carries them: its outcome, or its refusal. */
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
