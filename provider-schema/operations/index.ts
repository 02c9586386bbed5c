/** Every operation, by name: the 54 of AWS KMS, those of IAM, STS and CloudTrail that go with them, and our own. Doors, pipeline, types and documents read this one table. */
import type { OperationRecord } from '../records.ts';
import { accessKeysOperations } from './access-keys.ts';
import { accountsOperations } from './accounts.ts';
import { agreementOperations } from './agreement.ts';
import { aliasesOperations } from './aliases.ts';
import { authorizationOperations } from './authorization.ts';
import { changesOperations } from './changes.ts';
import { dataKeysOperations } from './data-keys.ts';
import { deletionOperations } from './deletion.ts';
import { encryptOperations } from './encrypt.ts';
import { grantsOperations } from './grants.ts';
import { groupsOperations } from './groups.ts';
import { identitiesOperations } from './identities.ts';
import { importOperations } from './import.ts';
import { inlinePoliciesOperations } from './inline-policies.ts';
import { keyStoresOperations } from './key-stores.ts';
import { keysOperations } from './keys.ts';
import { macOperations } from './mac.ts';
import { managedPoliciesOperations } from './managed-policies.ts';
import { multiRegionOperations } from './multi-region.ts';
import { oidcProvidersOperations } from './oidc-providers.ts';
import { policiesOperations } from './policies.ts';
import { policyAttachmentsOperations } from './policy-attachments.ts';
import { rolesOperations } from './roles.ts';
import { rotationOperations } from './rotation.ts';
import { servicePrincipalsOperations } from './service-principals.ts';
import { signOperations } from './sign.ts';
import { stsOperations } from './sts.ts';
import { tagsOperations } from './tags.ts';
import { usersOperations } from './users.ts';

/** By family, in the order of the documents. */
export const families = {
  keys: keysOperations,
  encrypt: encryptOperations,
  'data-keys': dataKeysOperations,
  sign: signOperations,
  mac: macOperations,
  agreement: agreementOperations,
  aliases: aliasesOperations,
  policies: policiesOperations,
  tags: tagsOperations,
  grants: grantsOperations,
  rotation: rotationOperations,
  deletion: deletionOperations,
  'multi-region': multiRegionOperations,
  import: importOperations,
  'key-stores': keyStoresOperations,
  changes: changesOperations,
  authorization: authorizationOperations,
  identities: identitiesOperations,
  sts: stsOperations,
  users: usersOperations,
  'access-keys': accessKeysOperations,
  groups: groupsOperations,
  roles: rolesOperations,
  'managed-policies': managedPoliciesOperations,
  'policy-attachments': policyAttachmentsOperations,
  'inline-policies': inlinePoliciesOperations,
  'oidc-providers': oidcProvidersOperations,
  accounts: accountsOperations,
  'service-principals': servicePrincipalsOperations,
} as const satisfies Record<string, Readonly<Record<string, OperationRecord>>>;

export const operations = {
  ...keysOperations,
  ...deletionOperations,
  ...policiesOperations,
  ...tagsOperations,
  ...grantsOperations,
  ...aliasesOperations,
  ...rotationOperations,
  ...multiRegionOperations,
  ...encryptOperations,
  ...dataKeysOperations,
  ...signOperations,
  ...macOperations,
  ...agreementOperations,
  ...importOperations,
  ...keyStoresOperations,
  ...changesOperations,
  ...authorizationOperations,
  ...identitiesOperations,
  ...stsOperations,
  ...usersOperations,
  ...accessKeysOperations,
  ...groupsOperations,
  ...rolesOperations,
  ...managedPoliciesOperations,
  ...policyAttachmentsOperations,
  ...inlinePoliciesOperations,
  ...oidcProvidersOperations,
  ...accountsOperations,
  ...servicePrincipalsOperations,
} as const;

export type OperationName = keyof typeof operations;

/** Operations that a function stands behind; the others are `planned` and answered by the table. */
export type ImplementedOperationName = {
  [Name in OperationName]: (typeof operations)[Name]['status'] extends 'implemented' ? Name : never;
}[OperationName];

/** undefined when no operation has this name; safe for names that come from outside. */
export function findOperation(name: string): OperationRecord | undefined {
  return Object.hasOwn(operations, name) ? operations[name as OperationName] : undefined;
}

export const operationNames = Object.keys(operations) as readonly OperationName[];
