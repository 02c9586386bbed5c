/** Actions as the operations of a grant. Source: KMS API reference, CreateGrant, Operations. */
import type { GrantOperation } from '@keystead/provider-schema/generated/types.ts';
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import { actionsMatching } from '../policies/actions.ts';

const known: ReadonlySet<string> = new Set(values.GrantOperation.enum);

export interface OperationsOfActions {
  readonly operations: readonly GrantOperation[];
  /** Actions that no grant can allow. */
  readonly others: readonly string[];
}

/** The operations of all actions that these names and patterns stand for, sorted. */
export function operationsOf(actions: readonly string[]): OperationsOfActions {
  const names = [...new Set(actions.flatMap(actionsMatching))].sort();
  const isOperation = (name: string) => known.has(name.replace('kms:', ''));
  return {
    operations: names.filter(isOperation).map((name) => name.replace('kms:', '') as GrantOperation),
    others: names.filter((name) => !isOperation(name)),
  };
}
