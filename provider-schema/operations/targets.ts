/**
 * Short forms of the targets that most operations have. A target without an action takes the operation's own, such as
 * `kms:Encrypt` (see apis.ts).
 */
import type { Target } from '../records.ts';
import type { StateRules } from '../vocabulary.ts';
import { usableKey } from './states.ts';

/** A target as a record writes it: the action only where it is not the operation's own. */
export type OwnTarget = Target extends infer One extends Target ? ActionOptional<One> : never;
type ActionOptional<One extends Target> = One extends Target
  ? Omit<One, 'action'> & { readonly action?: string }
  : never;

type Own<Kind extends Target['kind']> = Extract<OwnTarget, { kind: Kind }>;

/** A key of the caller's account in `KeyId`, named by id or ARN; `more` holds the differences. */
export function key(states: StateRules, more: Partial<Omit<Own<'key'>, 'kind' | 'states'>> = {}): Own<'key'> {
  return { kind: 'key', member: 'KeyId', accepts: 'key', crossAccount: false, states, ...more };
}

/** A key in cryptographic use: of any account, named by id, ARN, alias name or alias ARN. */
export function usedKey(more: Partial<Omit<Own<'key'>, 'kind' | 'states'>> = {}): Own<'key'> {
  return key(usableKey, { accepts: 'key-or-alias', crossAccount: true, ...more });
}

/** A permission that only IAM decides, on the caller's account. */
export function account(more: Omit<Own<'account'>, 'kind'> = {}): Own<'account'> {
  return { kind: 'account', ...more };
}

/** A permission that only IAM decides, on the drift reports of the stack that `StackName` names. */
export function driftReports(): Own<'drift-reports'> {
  return { kind: 'drift-reports', member: 'StackName' };
}

/** The input member that names an identity, unless the record names another. */
const identityMembers = {
  user: 'UserName',
  group: 'GroupName',
  role: 'RoleName',
  policy: 'PolicyArn',
  'oidc-provider': 'OpenIDConnectProviderArn',
  'access-key': 'AccessKeyId',
  'service-linked-role': 'AWSServiceName',
  'deletion-task': 'DeletionTaskId',
} as const;

/** A permission that only IAM decides, on a user, group, role, policy or provider. */
export function identity(
  entity: keyof typeof identityMembers,
  more: Partial<Omit<Own<'identity'>, 'kind' | 'entity'>> = {},
): Own<'identity'> {
  return { kind: 'identity', entity, member: identityMembers[entity], ...more };
}
