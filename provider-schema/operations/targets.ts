/** Short forms for the targets that most operations have. */
import type { Target } from '../records.ts';
import type { StateRules } from '../vocabulary.ts';

type KeyTarget = Extract<Target, { kind: 'key' }>;
type AccountTarget = Extract<Target, { kind: 'account' }>;
type IdentityTarget = Extract<Target, { kind: 'identity' }>;

/** A key of the caller's account in `KeyId`, named by id or ARN; `more` says what is different. */
export function key(
  action: string,
  states: StateRules,
  more: Partial<Omit<KeyTarget, 'kind' | 'action' | 'states'>> = {},
): KeyTarget {
  return { kind: 'key', member: 'KeyId', accepts: 'key', crossAccount: false, action, states, ...more };
}

/** A permission in IAM alone, on the caller's account. */
export function account(action: string, more: Omit<AccountTarget, 'kind' | 'action'> = {}): AccountTarget {
  return { kind: 'account', action, ...more };
}

/** A permission in IAM alone, on a user, group, role, policy or provider. */
export function identity(
  action: string,
  entity: IdentityTarget['entity'],
  member: string,
  more: Partial<Pick<IdentityTarget, 'isNew' | 'orCaller' | 'when'>> = {},
): IdentityTarget {
  return { kind: 'identity', action, entity, member, ...more };
}
