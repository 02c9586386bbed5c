/** Every resource type that has a case, one line each; the selection is what `make test` runs. */
import { nameOf, type TypeCase } from '../case.ts';
import * as groups from './iam-groups.ts';
import * as policies from './iam-policies.ts';
import * as roles from './iam-roles.ts';
import * as users from './iam-users.ts';

export const allCases: readonly TypeCase[] = [
  ...Object.values(users),
  ...Object.values(groups),
  ...Object.values(roles),
  ...Object.values(policies),
];

/** One of each kind: tags and renames, blocks and generated names, generated ids. */
const selection: ReadonlySet<string> = new Set(['aws_iam_user', 'aws_iam_role', 'aws_iam_user_policy_attachment']);

export function selectedCases(): readonly TypeCase[] {
  const { KEYSTEAD_TERRAFORM: which, KEYSTEAD_TERRAFORM_TYPES: types } = process.env;
  if (types) {
    const asked = types.split(',');
    const found = allCases.filter(({ type }) => asked.includes(type));
    if (found.length > 0) return found;
    throw new Error(`KEYSTEAD_TERRAFORM_TYPES names no type that has a case: ${types}`);
  }
  const cases = which === 'all' ? allCases : allCases.filter(({ type }) => selection.has(type));
  if (new Set(cases.map(nameOf)).size !== cases.length) throw new Error('two cases have the same type and variant');
  return cases;
}
