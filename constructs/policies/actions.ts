/** Names and patterns of actions, checked against the operations that exist. */
import { type KmsActionName, kmsActions } from '../generated/kms-actions.ts';

/**
 * An action by name, or a pattern with `*` that matches at least one: `kms:Decrypt`, `kms:GenerateDataKey*`, `kms:*`.
 */
export type KmsAction = KmsActionName | `kms:${string}*`;

/** The actions of AWS KMS that a name or pattern stands for. */
export const actionsMatching = (pattern: string): readonly KmsActionName[] =>
  kmsActions.filter((name) => matchesAction(pattern, name));

/** @throws Error when no action of AWS KMS has this name or matches this pattern. */
export function requireKnownAction(action: string): void {
  if (kmsActions.some((name) => matchesAction(action, name))) return;
  throw new Error(
    `"${action}" matches no action of AWS KMS: write a name such as kms:Decrypt or a pattern such as kms:GenerateDataKey*.`,
  );
}

/** IAM compares action names without regard to case; `*` stands for any text, `?` for one character. */
export function matchesAction(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
}
