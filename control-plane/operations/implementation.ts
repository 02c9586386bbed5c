/** The type of an operation's function, from the contract; and the keys that the pipeline found for it. */
import type { OperationTypes } from '@keystead/provider-schema/generated/types.ts';
import type { Operation, ResolvedKey, ResolvedKeys } from '../context.ts';

export type Input<Name extends keyof OperationTypes> = OperationTypes[Name]['input'];
export type Output<Name extends keyof OperationTypes> = OperationTypes[Name]['output'];
export type Implementation<Name extends keyof OperationTypes> = Operation<Input<Name>, Output<Name>>;

/** The key that the operation's record names under this input member; the pipeline has found it already. */
export function resolvedKey(keys: ResolvedKeys, member = 'KeyId'): ResolvedKey {
  const key = keys[member];
  if (!key) throw new Error(`the operation's record has no key target ${member}`);
  return key;
}
