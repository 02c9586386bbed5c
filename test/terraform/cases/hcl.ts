/** Small parts of configurations and states. */
import type { Attributes } from '../case.ts';

export const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** A text as HCL writes it. */
export const hcl = (value: string): string => JSON.stringify(value).replaceAll('${', '$${').replaceAll('%{', '%%{');

/** `aws_kms_key.<name>` and `aws_kms_key.<name>2`, for what belongs to one key and moves to the other. */
export const twoKeys = (name: string, body = ''): string =>
  ['', '2'].map((which) => `resource "aws_kms_key" "${name}${which}" {\n${body}\n}`).join('\n');

export function text(state: Attributes, name: string): string {
  const value = state[name];
  if (typeof value !== 'string') throw new Error(`the state has no ${name}`);
  return value;
}
