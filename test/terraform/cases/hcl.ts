/** Small parts of configurations and states. */
import type { Attributes } from '../case.ts';

export const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** A text as HCL writes it. */
export const hcl = (value: string): string => JSON.stringify(value).replaceAll('${', '$${').replaceAll('%{', '%%{');

export function text(state: Attributes, name: string): string {
  const value = state[name];
  if (typeof value !== 'string') throw new Error(`the state has no ${name}`);
  return value;
}
