/** The variables that a CI system sets for its jobs. */
import { CommandError } from '../../shared/report.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws CommandError when the variable is not set */
export function requireVariable(env: Environment, name: string, hint: string): string {
  const value = env[name];
  if (value) return value;
  throw new CommandError(`${name} is not set.`, hint);
}

export const isNumber = (value: unknown): boolean => /^[1-9]\d{0,14}$/.test(String(value ?? ''));
