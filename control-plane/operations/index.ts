/** The function of each implemented operation, by its name. A record without a function does not compile. */
import type { ImplementedOperationName } from '@keystead/provider-schema/operations/index.ts';
import { lookupEventsFunctions } from './cloudtrail/lookup-events.ts';
import { accessKeysFunctions } from './iam/access-keys.ts';
import { accountAliasesFunctions } from './iam/account-aliases.ts';
import { accountDetailsFunctions } from './iam/account-details.ts';
import { groupsFunctions } from './iam/groups.ts';
import { inlinePoliciesFunctions } from './iam/inline-policies.ts';
import { managedPoliciesFunctions } from './iam/managed-policies.ts';
import { oidcProvidersFunctions } from './iam/oidc-providers.ts';
import { policyAttachmentsFunctions } from './iam/policy-attachments.ts';
import { rolesFunctions } from './iam/roles.ts';
import { serviceLinkedRolesFunctions } from './iam/service-linked-roles.ts';
import { usersFunctions } from './iam/users.ts';
import { accountsFunctions } from './keystead/accounts.ts';
import { authorizationFunctions } from './keystead/authorization.ts';
import { changesFunctions } from './keystead/changes.ts';
import { configurationFunctions } from './keystead/configuration.ts';
import { deletionProtectionFunctions } from './keystead/deletion-protection.ts';
import { driftReportsFunctions } from './keystead/drift-reports.ts';
import { identityConfigurationsFunctions } from './keystead/identity-configurations.ts';
import { oidcProviderKeysFunctions } from './keystead/oidc-provider-keys.ts';
import { plannedChangesFunctions } from './keystead/planned-changes.ts';
import { serverSettingsFunctions } from './keystead/server-settings.ts';
import { servicePrincipalsFunctions } from './keystead/service-principals.ts';
import { agreementFunctions } from './kms/agreement.ts';
import { aliasesFunctions } from './kms/aliases.ts';
import { dataKeysFunctions } from './kms/data-keys.ts';
import { deletionFunctions } from './kms/deletion.ts';
import { encapsulationFunctions } from './kms/encapsulation.ts';
import { encryptFunctions } from './kms/encrypt.ts';
import { grantsFunctions } from './kms/grants.ts';
import { importFunctions } from './kms/import.ts';
import { keyStoresFunctions } from './kms/key-stores/index.ts';
import { keysFunctions } from './kms/keys.ts';
import { macFunctions } from './kms/mac.ts';
import { multiRegionFunctions } from './kms/multi-region.ts';
import { policiesFunctions } from './kms/policies.ts';
import { rotationFunctions } from './kms/rotation.ts';
import { signFunctions } from './kms/sign.ts';
import { tagsFunctions } from './kms/tags.ts';
import type { Implementation } from './shared/implementation.ts';
import { callerIdentityFunctions } from './sts/caller-identity.ts';
import { sessionsFunctions } from './sts/sessions.ts';

export const operations: { readonly [Name in ImplementedOperationName]: Implementation<Name> } = {
  ...lookupEventsFunctions,
  ...accessKeysFunctions,
  ...accountAliasesFunctions,
  ...accountDetailsFunctions,
  ...groupsFunctions,
  ...inlinePoliciesFunctions,
  ...managedPoliciesFunctions,
  ...oidcProvidersFunctions,
  ...policyAttachmentsFunctions,
  ...rolesFunctions,
  ...serviceLinkedRolesFunctions,
  ...usersFunctions,
  ...accountsFunctions,
  ...authorizationFunctions,
  ...changesFunctions,
  ...driftReportsFunctions,
  ...configurationFunctions,
  ...deletionProtectionFunctions,
  ...oidcProviderKeysFunctions,
  ...plannedChangesFunctions,
  ...servicePrincipalsFunctions,
  ...identityConfigurationsFunctions,
  ...serverSettingsFunctions,
  ...agreementFunctions,
  ...aliasesFunctions,
  ...dataKeysFunctions,
  ...deletionFunctions,
  ...encapsulationFunctions,
  ...encryptFunctions,
  ...grantsFunctions,
  ...importFunctions,
  ...keyStoresFunctions,
  ...keysFunctions,
  ...macFunctions,
  ...multiRegionFunctions,
  ...policiesFunctions,
  ...rotationFunctions,
  ...signFunctions,
  ...tagsFunctions,
  ...callerIdentityFunctions,
  ...sessionsFunctions,
};
