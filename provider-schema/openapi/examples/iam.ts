/** Examples of the operations on identities, in an order in which they work. */
import { answered, type Example, example } from './example.ts';

const UserName = 'alice';
const GroupName = 'operators';
const RoleName = 'orders-service';
const PolicyArn = 'arn:aws:iam::111122223333:policy/use-orders-key';
const OpenIDConnectProviderArn = 'arn:aws:iam::111122223333:oidc-provider/tokens.example.com';
const ServiceName = 'storage.amazonaws.com';
const Tags = [{ Key: 'team', Value: 'orders' }];
const TagKeys = ['team'];
const PolicyName = 'use-orders-key';
const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['kms:Encrypt', 'kms:Decrypt'], Resource: '*' }],
});
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:AssumeRole' }],
});
const ACCESS_KEY = 'AKIAIOSFODNN7EXAMPLE';
const THUMBPRINT = '0123456789abcdef0123456789abcdef01234567';

const making: readonly Example[] = [
  example('CreateUser', { UserName, Path: '/people/', Tags }),
  example('CreateGroup', { GroupName }),
  example('CreateRole', { RoleName, AssumeRolePolicyDocument: trust, MaxSessionDuration: 3600 }),
  example('CreatePolicy', { PolicyName, PolicyDocument }),
  example('CreateOpenIDConnectProvider', { Url: 'https://tokens.example.com', ClientIDList: ['keystead'] }),
  example('CreateServicePrincipal', { ServiceName }),
  example('CreateServiceLinkedRole', { AWSServiceName: 'mrk.kms.amazonaws.com' }),
  example('CreateAccessKey', { UserName }),
];

const AccessKeyId = answered('CreateAccessKey', 'AccessKey.AccessKeyId', ACCESS_KEY);
const serviceKey = answered('CreateServiceAccessKey', 'AccessKey.AccessKeyId', ACCESS_KEY);

const users: readonly Example[] = [
  example('GetUser', { UserName }),
  example('ListUsers', { PathPrefix: '/people/' }),
  example('UpdateUser', { UserName, NewPath: '/' }),
  example('TagUser', { UserName, Tags }),
  example('ListUserTags', { UserName }),
  example('UntagUser', { UserName, TagKeys }),
  example('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: PolicyArn }),
  example('DeleteUserPermissionsBoundary', { UserName }),
  example('ListAccessKeys', { UserName }),
  example('UpdateAccessKey', { UserName, AccessKeyId, Status: 'Inactive' }),
  example('GetAccessKeyLastUsed', { AccessKeyId }),
  example('GetAccessKeyInfo', { AccessKeyId }),
  example('DeleteAccessKey', { UserName, AccessKeyId }),
];

const groups: readonly Example[] = [
  example('GetGroup', { GroupName }),
  example('ListGroups', {}),
  example('UpdateGroup', { GroupName, NewPath: '/teams/' }),
  example('AddUserToGroup', { GroupName, UserName }),
  example('ListGroupsForUser', { UserName }),
  example('RemoveUserFromGroup', { GroupName, UserName }),
];

const roles: readonly Example[] = [
  example('GetRole', { RoleName }),
  example('ListRoles', {}),
  example('UpdateRole', { RoleName, MaxSessionDuration: 7200 }),
  example('UpdateRoleDescription', { RoleName, Description: 'the service that takes orders' }),
  example('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust }),
  example('TagRole', { RoleName, Tags }),
  example('ListRoleTags', { RoleName }),
  example('UntagRole', { RoleName, TagKeys }),
  example('ListInstanceProfilesForRole', { RoleName }),
  example('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: PolicyArn }),
  example('DeleteRolePermissionsBoundary', { RoleName }),
];

const policies: readonly Example[] = [
  example('GetPolicy', { PolicyArn }),
  example('ListPolicies', { Scope: 'Local' }),
  example('CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: false }),
  example('GetPolicyVersion', { PolicyArn, VersionId: 'v2' }),
  example('ListPolicyVersions', { PolicyArn }),
  example('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' }),
  example('DeletePolicyVersion', { PolicyArn, VersionId: 'v1' }),
  example('TagPolicy', { PolicyArn, Tags }),
  example('ListPolicyTags', { PolicyArn }),
  example('UntagPolicy', { PolicyArn, TagKeys }),
  example('AttachUserPolicy', { UserName, PolicyArn }),
  example('AttachGroupPolicy', { GroupName, PolicyArn }),
  example('AttachRolePolicy', { RoleName, PolicyArn }),
  example('ListEntitiesForPolicy', { PolicyArn }),
  example('ListAttachedUserPolicies', { UserName }),
  example('ListAttachedGroupPolicies', { GroupName }),
  example('ListAttachedRolePolicies', { RoleName }),
  example('PutUserPolicy', { UserName, PolicyName, PolicyDocument }),
  example('GetUserPolicy', { UserName, PolicyName }),
  example('ListUserPolicies', { UserName }),
  example('PutGroupPolicy', { GroupName, PolicyName, PolicyDocument }),
  example('GetGroupPolicy', { GroupName, PolicyName }),
  example('ListGroupPolicies', { GroupName }),
  example('PutRolePolicy', { RoleName, PolicyName, PolicyDocument }),
  example('GetRolePolicy', { RoleName, PolicyName }),
  example('ListRolePolicies', { RoleName }),
];

const sessions: readonly Example[] = [
  example('GetCallerIdentity', {}),
  example('GetSessionToken', { DurationSeconds: 3600 }),
];

const providers: readonly Example[] = [
  example('GetOpenIDConnectProvider', { OpenIDConnectProviderArn }),
  example('ListOpenIDConnectProviders', {}),
  example('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'deploy' }),
  example('RemoveClientIDFromOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID: 'deploy' }),
  example('UpdateOpenIDConnectProviderThumbprint', { OpenIDConnectProviderArn, ThumbprintList: [THUMBPRINT] }),
  example('TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags }),
  example('ListOpenIDConnectProviderTags', { OpenIDConnectProviderArn }),
  example('UntagOpenIDConnectProvider', { OpenIDConnectProviderArn, TagKeys }),
  example('PutOpenIDConnectProviderKeys', { OpenIDConnectProviderArn, JwksUri: 'https://tokens.example.com/keys' }),
  example('GetOpenIDConnectProviderKeys', { OpenIDConnectProviderArn }),
];

const accounts: readonly Example[] = [
  example('CreateAccountAlias', { AccountAlias: 'example-shop' }),
  example('ListAccountAliases', {}),
  example('DeleteAccountAlias', { AccountAlias: 'example-shop' }),
  example('GetAccountSummary', {}),
  example('GetAccountAuthorizationDetails', { Filter: ['User', 'Role'] }),
  example('CreateAccount', { AccountId: '444455556666', AccountName: 'staging' }),
  example('ListAccounts', {}),
  example('PutAccountOrganization', { AccountId: '444455556666', OrganizationId: 'o-exampleorg1' }),
  example('DeleteAccountOrganization', { AccountId: '444455556666' }),
  example('ListServicePrincipals', {}),
  example('CreateServiceAccessKey', { ServiceName }),
  example('ListServiceAccessKeys', { ServiceName }),
  example('DeleteServiceAccessKey', { ServiceName, AccessKeyId: serviceKey }),
  example('DeleteServicePrincipal', { ServiceName }),
];

const removing: readonly Example[] = [
  example('DeleteUserPolicy', { UserName, PolicyName }),
  example('DeleteGroupPolicy', { GroupName, PolicyName }),
  example('DeleteRolePolicy', { RoleName, PolicyName }),
  example('DetachUserPolicy', { UserName, PolicyArn }),
  example('DetachGroupPolicy', { GroupName, PolicyArn }),
  example('DetachRolePolicy', { RoleName, PolicyArn }),
  example('DeletePolicy', { PolicyArn }),
  example('DeleteUser', { UserName }),
  example('DeleteGroup', { GroupName }),
  example('DeleteRole', { RoleName }),
  example('DeleteServiceLinkedRole', {
    RoleName: answered(
      'CreateServiceLinkedRole',
      'Role.RoleName',
      'AWSServiceRoleForKeyManagementServiceMultiRegionKeys',
    ),
  }),
  example('GetServiceLinkedRoleDeletionStatus', {
    DeletionTaskId: answered('DeleteServiceLinkedRole', 'DeletionTaskId', 'task/mrk.kms.amazonaws.com/role/1'),
  }),
  example('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn }),
];

export const iamExamples: readonly Example[] = [
  ...[...making, ...users, ...groups, ...roles, ...policies],
  ...[...sessions, ...providers, ...accounts, ...removing],
];
