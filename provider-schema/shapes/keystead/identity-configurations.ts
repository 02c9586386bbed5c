/** All identities of an account with everything that belongs to them, and the settings of the server. */
import type { Shape } from '../shape.ts';

export const identityConfigurationShapes = {
  ListIdentityConfigurationsRequest: {
    type: 'structure',
    members: { Marker: 'IamMarkerType', MaxItems: 'MaxItemsType' },
  },
  ListIdentityConfigurationsResponse: {
    type: 'structure',
    members: {
      /** Of the account itself: in every page. */
      AccountConfiguration: 'AccountConfiguration',
      Users: 'UserConfigurationList',
      Groups: 'GroupDetailListType',
      Roles: 'RoleConfigurationList',
      Policies: 'PolicyConfigurationList',
      OpenIDConnectProviders: 'ProviderConfigurationList',
      ServicePrincipals: 'ServiceConfigurationList',
      IsTruncated: 'BooleanType',
      Marker: 'ResponseMarkerType',
    },
    required: [
      'AccountConfiguration',
      'Users',
      'Groups',
      'Roles',
      'Policies',
      'OpenIDConnectProviders',
      'ServicePrincipals',
      'IsTruncated',
    ],
  },
  AccountConfiguration: {
    type: 'structure',
    members: {
      AccountId: 'AccountIdType',
      CreateDate: 'DateType',
      AccountAlias: 'AccountAliasType',
      OrganizationId: 'OrganizationIdType',
      OrganizationPaths: 'OrganizationPathList',
      /** Of the root user. */
      AccessKeys: 'AccessKeyMetadataListType',
    },
    required: ['AccountId', 'CreateDate', 'AccessKeys'],
  },
  UserConfigurationList: { type: 'list', member: 'UserConfiguration' },
  UserConfiguration: {
    type: 'structure',
    members: { User: 'UserDetail', AccessKeys: 'AccessKeyMetadataListType' },
    required: ['User', 'AccessKeys'],
  },
  RoleConfigurationList: { type: 'list', member: 'RoleConfiguration' },
  RoleConfiguration: {
    type: 'structure',
    members: {
      Role: 'RoleDetail',
      Description: 'RoleDescriptionType',
      MaxSessionDuration: 'RoleMaxSessionDurationType',
    },
    required: ['Role'],
  },
  PolicyConfigurationList: { type: 'list', member: 'PolicyConfiguration' },
  PolicyConfiguration: {
    type: 'structure',
    members: {
      Policy: 'Policy',
      /** Of the version in force. */
      Document: 'IdentityPolicyDocumentType',
    },
    required: ['Policy', 'Document'],
  },
  ProviderConfigurationList: { type: 'list', member: 'ProviderConfiguration' },
  ProviderConfiguration: {
    type: 'structure',
    members: {
      Arn: 'ArnType',
      Provider: 'GetOpenIDConnectProviderResponse',
      Jwks: 'JwksType',
      JwksUri: 'JwksUriType',
    },
    required: ['Arn', 'Provider'],
  },
  ServiceConfigurationList: { type: 'list', member: 'ServiceConfiguration' },
  ServiceConfiguration: {
    type: 'structure',
    members: { Arn: 'ArnType', Service: 'ServicePrincipal', AccessKeys: 'AccessKeyMetadataListType' },
    required: ['Arn', 'Service', 'AccessKeys'],
  },

  GetServerSettingsRequest: { type: 'structure', members: {} },
  GetServerSettingsResponse: {
    type: 'structure',
    members: { Settings: 'ServerSettingList' },
    required: ['Settings'],
  },
  ServerSettingList: { type: 'list', member: 'ServerSetting' },
  ServerSetting: {
    type: 'structure',
    members: { Name: 'ServerSettingNameType', Value: 'ServerSettingValueType' },
    required: ['Name', 'Value'],
  },
  ServerSettingNameType: { type: 'string', min: 1, max: 128, pattern: '[a-z0-9-]+' },
  ServerSettingValueType: { type: 'string', min: 0, max: 65536 },
} as const satisfies Record<string, Shape>;
