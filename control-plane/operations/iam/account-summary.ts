/** How many identities an account has, beside its quotas. Source: AWS IAM API reference, GetAccountSummary. */
import { limits } from '@keystead/provider-schema/limits.ts';
import { identityRead } from './identity-change.ts';

export const getAccountSummary = identityRead<'GetAccountSummary'>(async (ctx) => {
  const { store, accountId } = ctx;
  const [users, roles, groups, policies, providers, rootKeys] = await Promise.all([
    store.countPrincipals(accountId, 'user'),
    store.countPrincipals(accountId, 'role'),
    store.countGroups(accountId),
    store.countManagedPolicies(accountId),
    store.listOidcProviders(accountId),
    store.listAccessKeys(accountId),
  ]);
  return {
    SummaryMap: {
      Users: users,
      UsersQuota: limits.usersPerAccount,
      Groups: groups,
      GroupsQuota: limits.groupsPerAccount,
      Roles: roles,
      RolesQuota: limits.rolesPerAccount,
      Policies: policies,
      PoliciesQuota: limits.managedPoliciesPerAccount,
      Providers: providers.length,
      GroupsPerUserQuota: limits.groupsPerUser,
      AccessKeysPerUserQuota: limits.accessKeysPerUser,
      AccountAccessKeysPresent: rootKeys.length > 0 ? 1 : 0,
      AttachedPoliciesPerUserQuota: limits.attachedPoliciesPerIdentity,
      AttachedPoliciesPerGroupQuota: limits.attachedPoliciesPerIdentity,
      AttachedPoliciesPerRoleQuota: limits.attachedPoliciesPerIdentity,
      PolicySizeQuota: limits.managedPolicyInChars,
      UserPolicySizeQuota: limits.userPoliciesInChars,
      GroupPolicySizeQuota: limits.groupPoliciesInChars,
      RolePolicySizeQuota: limits.rolePoliciesInChars,
      AssumeRolePolicySizeQuota: limits.trustPolicyInChars,
      VersionsPerPolicyQuota: limits.versionsPerPolicy,
    },
  };
});
