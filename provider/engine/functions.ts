/** Calls a function of the provider. It is pure: Terraform calls it again at apply and expects the same result. */
import { conformTo } from './conform.ts';
import { ArgumentError, type FunctionType } from './resource.ts';
import type { Value } from './value.ts';

export type FunctionOutcome =
  | { readonly result: Value }
  | {
      readonly error: string;
      /** Which argument is wrong, counted from 0. */
      readonly argument?: number;
    };

export function callFunction({ record, call }: FunctionType, args: readonly Value[]): FunctionOutcome {
  if (args.length !== record.parameters.length) {
    return { error: `${record.name} takes ${record.parameters.length} arguments, not ${args.length}.` };
  }
  try {
    const { value, faults } = conformTo(record.returns, call(...args));
    const [fault] = faults;
    return fault === undefined ? { result: value } : { error: `${record.name}: ${fault.what}. Please report it.` };
  } catch (error) {
    if (error instanceof ArgumentError) return { error: error.message, argument: error.argument };
    throw error;
  }
}
