/** Every resource type that has a case, one line each; the selection is what `make test` runs. */
import { nameOf, type TypeCase } from '../case.ts';
import * as groups from './iam-groups.ts';
import * as policies from './iam-policies.ts';
import * as roles from './iam-roles.ts';
import * as users from './iam-users.ts';
import * as aliasesAndPolicies from './kms-aliases-and-policies.ts';
import * as ciphertexts from './kms-ciphertexts.ts';
import * as externalKeys from './kms-external-keys.ts';
import * as keys from './kms-keys.ts';
import * as protection from './kms-protection.ts';
import * as regions from './kms-regions.ts';
import * as replicas from './kms-replicas.ts';

const modules = [
  users,
  groups,
  roles,
  policies,
  keys,
  aliasesAndPolicies,
  externalKeys,
  replicas,
  ciphertexts,
  protection,
  regions,
];

export const allCases: readonly TypeCase[] = modules.flatMap((module) => Object.values<TypeCase>(module));

/** One of each kind: tags and renames, blocks and generated names, generated ids, imported material, other Regions. */
const selection: ReadonlySet<string> = new Set([
  'iam_user',
  'iam_role',
  'iam_role_exclusive',
  'iam_user_policy_attachment',
  'kms_key',
  'kms_alias',
  'kms_grant',
  'kms_grant_service',
  'kms_external_key_material',
  'kms_external_key_write_only',
  'kms_replica_key',
  'kms_ciphertext_write_only',
]);

export function selectedCases(): readonly TypeCase[] {
  const { KEYSTEAD_TERRAFORM: which, KEYSTEAD_TERRAFORM_TYPES: types } = process.env;
  if (types) {
    const asked = types.split(',');
    const found = allCases.filter(({ type }) => asked.includes(type));
    if (found.length > 0) return found;
    throw new Error(`KEYSTEAD_TERRAFORM_TYPES names no type that has a case: ${types}`);
  }
  const cases = which === 'all' ? allCases : allCases.filter((one) => selection.has(nameOf(one)));
  if (new Set(cases.map(nameOf)).size !== cases.length) throw new Error('two cases have the same type and variant');
  return cases;
}
