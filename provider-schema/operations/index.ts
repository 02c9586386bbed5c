/**
 * Every operation, by name: the 56 of AWS KMS, those of IAM, STS and CloudTrail that go with them, and our own. Doors,
 * pipeline, types and documents read this one table.
 */
import type { OperationRecord, Service } from '../records.ts';
import { lookupEventsOperations } from './cloudtrail/lookup-events.ts';
import { accessKeysOperations } from './iam/access-keys.ts';
import { accountAliasesOperations } from './iam/account-aliases.ts';
import { accountDetailsOperations } from './iam/account-details.ts';
import { groupsOperations } from './iam/groups.ts';
import { inlinePoliciesOperations } from './iam/inline-policies.ts';
import { managedPoliciesOperations } from './iam/managed-policies.ts';
import { oidcProvidersOperations } from './iam/oidc-providers.ts';
import { policyAttachmentsOperations } from './iam/policy-attachments.ts';
import { rolesOperations } from './iam/roles.ts';
import { serviceLinkedRolesOperations } from './iam/service-linked-roles.ts';
import { usersOperations } from './iam/users.ts';
import { accountsOperations } from './keystead/accounts.ts';
import { authorizationOperations } from './keystead/authorization.ts';
import { changesOperations } from './keystead/changes.ts';
import { configurationOperations } from './keystead/configuration.ts';
import { deletionProtectionOperations } from './keystead/deletion-protection.ts';
import { driftReportsOperations } from './keystead/drift-reports.ts';
import { identityConfigurationsOperations } from './keystead/identity-configurations.ts';
import { oidcProviderKeysOperations } from './keystead/oidc-provider-keys.ts';
import { plannedChangesOperations } from './keystead/planned-changes.ts';
import { serverSettingsOperations } from './keystead/server-settings.ts';
import { servicePrincipalsOperations } from './keystead/service-principals.ts';
import { agreementOperations } from './kms/agreement.ts';
import { aliasesOperations } from './kms/aliases.ts';
import { dataKeysOperations } from './kms/data-keys.ts';
import { deletionOperations } from './kms/deletion.ts';
import { encapsulationOperations } from './kms/encapsulation.ts';
import { encryptOperations } from './kms/encrypt.ts';
import { grantsOperations } from './kms/grants.ts';
import { importOperations } from './kms/import.ts';
import { keyStoresOperations } from './kms/key-stores.ts';
import { keysOperations } from './kms/keys.ts';
import { macOperations } from './kms/mac.ts';
import { multiRegionOperations } from './kms/multi-region.ts';
import { policiesOperations } from './kms/policies.ts';
import { rotationOperations } from './kms/rotation.ts';
import { signOperations } from './kms/sign.ts';
import { tagsOperations } from './kms/tags.ts';
import { callerIdentityOperations } from './sts/caller-identity.ts';
import { sessionsOperations } from './sts/sessions.ts';

/** By API and family, in the order of the documents. */
export const families = {
  kms: {
    keys: keysOperations,
    encrypt: encryptOperations,
    'data-keys': dataKeysOperations,
    sign: signOperations,
    mac: macOperations,
    agreement: agreementOperations,
    encapsulation: encapsulationOperations,
    aliases: aliasesOperations,
    policies: policiesOperations,
    tags: tagsOperations,
    grants: grantsOperations,
    rotation: rotationOperations,
    deletion: deletionOperations,
    'multi-region': multiRegionOperations,
    import: importOperations,
    'key-stores': keyStoresOperations,
  },
  iam: {
    users: usersOperations,
    'access-keys': accessKeysOperations,
    groups: groupsOperations,
    roles: rolesOperations,
    'service-linked-roles': serviceLinkedRolesOperations,
    'managed-policies': managedPoliciesOperations,
    'policy-attachments': policyAttachmentsOperations,
    'inline-policies': inlinePoliciesOperations,
    'oidc-providers': oidcProvidersOperations,
    'account-aliases': accountAliasesOperations,
    'account-details': accountDetailsOperations,
  },
  sts: {
    'caller-identity': callerIdentityOperations,
    sessions: sessionsOperations,
  },
  cloudtrail: {
    events: lookupEventsOperations,
  },
  keystead: {
    configuration: configurationOperations,
    'deletion-protection': deletionProtectionOperations,
    changes: changesOperations,
    'drift-reports': driftReportsOperations,
    authorization: authorizationOperations,
    'planned-changes': plannedChangesOperations,
    accounts: accountsOperations,
    'service-principals': servicePrincipalsOperations,
    'oidc-provider-keys': oidcProviderKeysOperations,
    'identity-configurations': identityConfigurationsOperations,
    'server-settings': serverSettingsOperations,
  },
} as const satisfies Record<Service, Readonly<Record<string, Readonly<Record<string, OperationRecord>>>>>;

export const operations = {
  ...keysOperations,
  ...configurationOperations,
  ...deletionOperations,
  ...deletionProtectionOperations,
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
  ...encapsulationOperations,
  ...importOperations,
  ...keyStoresOperations,
  ...changesOperations,
  ...driftReportsOperations,
  ...lookupEventsOperations,
  ...authorizationOperations,
  ...plannedChangesOperations,
  ...callerIdentityOperations,
  ...sessionsOperations,
  ...usersOperations,
  ...accessKeysOperations,
  ...groupsOperations,
  ...rolesOperations,
  ...serviceLinkedRolesOperations,
  ...managedPoliciesOperations,
  ...policyAttachmentsOperations,
  ...inlinePoliciesOperations,
  ...oidcProvidersOperations,
  ...oidcProviderKeysOperations,
  ...accountAliasesOperations,
  ...accountDetailsOperations,
  ...accountsOperations,
  ...servicePrincipalsOperations,
  ...identityConfigurationsOperations,
  ...serverSettingsOperations,
} as const;

export type OperationName = keyof typeof operations;

/** Names of the records that need a function; `planned` ones do not, and are refused. */
export type ImplementedName<Records> = {
  [Name in keyof Records]: Records[Name] extends { readonly status: 'implemented' } ? Name : never;
}[keyof Records];

export type ImplementedOperationName = ImplementedName<typeof operations>;

/** undefined when no operation has this name; safe for names that come from outside. */
export function findOperation(name: string): OperationRecord | undefined {
  return Object.hasOwn(operations, name) ? operations[name as OperationName] : undefined;
}

export const operationNames = Object.keys(operations) as readonly OperationName[];
