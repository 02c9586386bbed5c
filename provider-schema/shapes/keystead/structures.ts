/**
 * Shapes of Keystead's own operations, which the REST door alone serves. Names of members follow IAM, STS and
 * CloudTrail where those services have the same thing.
 */
import type { Shape } from '../shape.ts';

export const keysteadShapes = {
  // A whole key, with which a declared key is compared.
  GetKeyConfigurationRequest: { type: 'structure', members: { KeyId: 'KeyIdType' }, required: ['KeyId'] },
  GetKeyConfigurationResponse: {
    type: 'structure',
    members: {
      KeyMetadata: 'KeyMetadata',
      Policy: 'PolicyType',
      Tags: 'TagList',
      RotationStatus: 'RotationStatus',
      Aliases: 'AliasList',
      Grants: 'GrantList',
      DeletionProtection: 'BooleanType',
      Revision: 'RevisionType',
    },
    required: [
      'KeyMetadata',
      'Policy',
      'Tags',
      'RotationStatus',
      'Aliases',
      'Grants',
      'DeletionProtection',
      'Revision',
    ],
  },
  RotationStatus: {
    type: 'structure',
    members: {
      KeyRotationEnabled: 'BooleanType',
      RotationPeriodInDays: 'RotationPeriodInDaysType',
      NextRotationDate: 'DateType',
      OnDemandRotationStartDate: 'DateType',
    },
    required: ['KeyRotationEnabled'],
  },
  RevisionType: { type: 'integer', min: 1 },

  // Deletion protection.
  ProtectKeyRequest: { type: 'structure', members: { KeyId: 'KeyIdType' }, required: ['KeyId'] },
  UnprotectKeyRequest: { type: 'structure', members: { KeyId: 'KeyIdType' }, required: ['KeyId'] },

  // The change log.
  AcceptChangesRequest: {
    type: 'structure',
    members: {
      Baseline: 'BaselineNameType',
      /** Of the last change that is accepted; 0: none. */
      Sequence: 'SequenceType',
      Note: 'BaselineNoteType',
    },
    required: ['Baseline', 'Sequence'],
  },
  AcceptOwnChangesRequest: {
    type: 'structure',
    members: {
      Baseline: 'BaselineNameType',
      /** Of the last change that is accepted; 0: none. */
      Sequence: 'SequenceType',
      Note: 'BaselineNoteType',
    },
    required: ['Baseline', 'Sequence'],
  },
  BaselineNameType: { type: 'string', min: 1, max: 128, pattern: '^[\\w.-]+$' },
  BaselineNoteType: { type: 'string', min: 1, max: 1024 },
  // Drift reports.
  PutDriftReportRequest: {
    type: 'structure',
    members: {
      StackName: 'DriftStackNameType',
      /** Of the last change that the comparison is sure to have seen; 0: none. */
      Sequence: 'SequenceType',
      /** Declared resources that were compared. */
      Resources: 'DriftCountType',
      /** Severities without findings can be left out. */
      Findings: 'DriftFindingCountList',
      /** The report in the form of docs/reference/drift-report.schema.json, UTF-8. */
      Document: 'DriftDocumentType',
      /** What the next comparison can go on from; kept until the next report only. */
      Continuation: 'DriftContinuationType',
    },
    required: ['StackName', 'Sequence', 'Resources', 'Findings', 'Document'],
  },
  PutDriftReportResponse: {
    type: 'structure',
    members: { DriftReport: 'DriftReport' },
    required: ['DriftReport'],
  },
  GetDriftReportRequest: {
    type: 'structure',
    members: { StackName: 'DriftStackNameType', Number: 'DriftReportNumberType' },
    required: ['StackName'],
  },
  GetDriftReportResponse: {
    type: 'structure',
    members: { DriftReport: 'DriftReport', Document: 'DriftDocumentType', Continuation: 'DriftContinuationType' },
    required: ['DriftReport', 'Document'],
  },
  ListDriftReportsRequest: {
    type: 'structure',
    members: { StackName: 'DriftStackNameType', Limit: 'LimitType', Marker: 'MarkerType' },
  },
  ListDriftReportsResponse: {
    type: 'structure',
    members: { DriftReports: 'DriftReportList', Truncated: 'BooleanType', NextMarker: 'MarkerType' },
    required: ['DriftReports', 'Truncated'],
  },
  DeleteDriftReportsRequest: {
    type: 'structure',
    members: { StackName: 'DriftStackNameType' },
    required: ['StackName'],
  },
  DriftReport: {
    type: 'structure',
    members: {
      StackName: 'DriftStackNameType',
      /** From 1 for each stack, without gaps. */
      Number: 'DriftReportNumberType',
      PublishedAt: 'DateType',
      /** ARN of the user or the root user; of a session, of its role. */
      PublishedBy: 'ArnType',
      Sequence: 'SequenceType',
      Resources: 'DriftCountType',
      /** Every severity, the worst first. */
      Findings: 'DriftFindingCountList',
    },
    required: ['StackName', 'Number', 'PublishedAt', 'PublishedBy', 'Sequence', 'Resources', 'Findings'],
  },
  DriftReportList: { type: 'list', member: 'DriftReport' },
  DriftStackNameType: { type: 'string', min: 1, max: 64, pattern: '^[A-Za-z0-9][\\w.-]*$' },
  DriftReportNumberType: { type: 'integer', min: 1 },
  DriftCountType: { type: 'integer', min: 0, max: 10_000_000 },
  DriftFindingCountList: { type: 'list', member: 'DriftFindingCount', max: 5 },
  DriftFindingCount: {
    type: 'structure',
    members: { Severity: 'DriftSeverityType', Count: 'DriftCountType' },
    required: ['Severity', 'Count'],
  },
  DriftSeverityType: {
    type: 'string',
    enum: ['access gained', 'protection lost', 'data at risk', 'use lost', 'cosmetic'],
  },
  // Both together are smaller than a request can be.
  DriftDocumentType: { type: 'blob', min: 2, max: 393_216 },
  DriftContinuationType: { type: 'blob', min: 1, max: 262_144 },
  ListChangesRequest: {
    type: 'structure',
    members: {
      After: 'SequenceType',
      Limit: 'LimitType',
      ResourceTypes: 'ChangedResourceTypeList',
      /** Only the last change, whatever the other members say: where a follower begins. */
      Newest: 'BooleanType',
    },
  },
  ListChangesResponse: {
    type: 'structure',
    members: { Changes: 'ChangeList', NextSequence: 'SequenceType' },
    required: ['Changes', 'NextSequence'],
  },
  ChangeList: { type: 'list', member: 'Change' },
  Change: {
    type: 'structure',
    members: {
      Sequence: 'SequenceType',
      Time: 'DateType',
      AccountId: 'AWSAccountIdType',
      Region: 'RegionType',
      ResourceType: 'ChangedResourceType',
      ResourceId: 'ChangedResourceIdType',
      KeyId: 'KeyIdType',
      Kind: 'ChangeKind',
      EventName: 'EventNameType',
      RequestId: 'UuidType',
      EventId: 'UuidType',
    },
    required: [
      'Sequence',
      'Time',
      'AccountId',
      'Region',
      'ResourceType',
      'ResourceId',
      'Kind',
      'EventName',
      'RequestId',
      'EventId',
    ],
  },
  ChangedResourceTypeList: { type: 'list', member: 'ChangedResourceType', min: 1, max: 20 },
  SequenceType: { type: 'integer', min: 0 },
  ChangedResourceType: {
    type: 'string',
    enum: [
      'key',
      'alias',
      'grant',
      'custom-key-store',
      'principal',
      'group',
      'policy',
      'oidc-provider',
      'account',
      'access-key',
      'server-settings',
    ],
  },
  ChangedResourceIdType: { type: 'string', min: 1, max: 2048 },
  ChangeKind: { type: 'string', enum: ['created', 'updated', 'deleted'] },
  EventNameType: { type: 'string', min: 1, max: 128, pattern: '^[A-Za-z0-9]+$' },
  UuidType: { type: 'string', min: 36, max: 36, pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },

  // Accounts, service principals, and the keys of identity providers.
  CreateAccountRequest: {
    type: 'structure',
    members: { AccountId: 'AccountIdType', AccountName: 'AccountNameType' },
    required: ['AccountId'],
  },
  CreateAccountResponse: {
    type: 'structure',
    members: { Account: 'Account', AccessKey: 'AccessKey' },
    required: ['Account', 'AccessKey'],
  },
  ListAccountsRequest: { type: 'structure', members: { Marker: 'IamMarkerType', MaxItems: 'MaxItemsType' } },
  ListAccountsResponse: {
    type: 'structure',
    members: { Accounts: 'AccountList', IsTruncated: 'BooleanType', Marker: 'ResponseMarkerType' },
    required: ['Accounts', 'IsTruncated'],
  },
  AccountList: { type: 'list', member: 'Account' },
  Account: {
    type: 'structure',
    members: {
      AccountId: 'AccountIdType',
      AccountName: 'AccountNameType',
      CreateDate: 'DateType',
      OrganizationId: 'OrganizationIdType',
      OrganizationPaths: 'OrganizationPathList',
    },
    required: ['AccountId', 'CreateDate'],
  },
  PutAccountOrganizationRequest: {
    type: 'structure',
    members: {
      AccountId: 'AccountIdType',
      OrganizationId: 'OrganizationIdType',
      OrganizationPaths: 'OrganizationPathList',
    },
    required: ['AccountId', 'OrganizationId'],
  },
  DeleteAccountOrganizationRequest: {
    type: 'structure',
    members: { AccountId: 'AccountIdType' },
    required: ['AccountId'],
  },
  OrganizationIdType: { type: 'string', min: 12, max: 34, pattern: 'o-[a-z0-9]{10,32}' },
  OrganizationPathList: { type: 'list', member: 'OrganizationPathType', max: 10 },
  // An organization, its root, and organizational units, which AWS nests at most five deep.
  OrganizationPathType: {
    type: 'string',
    min: 20,
    max: 512,
    pattern: 'o-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}/(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}/){0,5}',
  },
  AccountNameType: { type: 'string', min: 1, max: 50, pattern: '[\\u0020-\\u007E]+' },
  ServiceNameType: { type: 'string', min: 1, max: 64, pattern: '[a-z0-9-]+(\\.[a-z0-9-]+)*\\.amazonaws\\.com' },
  ServicePrincipal: {
    type: 'structure',
    members: { ServiceName: 'ServiceNameType', ServicePrincipalId: 'IamIdType', CreateDate: 'DateType' },
    required: ['ServiceName', 'ServicePrincipalId', 'CreateDate'],
  },
  ServicePrincipalList: { type: 'list', member: 'ServicePrincipal' },
  CreateServicePrincipalRequest: {
    type: 'structure',
    members: { ServiceName: 'ServiceNameType' },
    required: ['ServiceName'],
  },
  CreateServicePrincipalResponse: {
    type: 'structure',
    members: { ServicePrincipal: 'ServicePrincipal' },
    required: ['ServicePrincipal'],
  },
  ListServicePrincipalsRequest: { type: 'structure', members: { Marker: 'IamMarkerType', MaxItems: 'MaxItemsType' } },
  ListServicePrincipalsResponse: {
    type: 'structure',
    members: { ServicePrincipals: 'ServicePrincipalList', IsTruncated: 'BooleanType', Marker: 'ResponseMarkerType' },
    required: ['ServicePrincipals', 'IsTruncated'],
  },
  DeleteServicePrincipalRequest: {
    type: 'structure',
    members: { ServiceName: 'ServiceNameType' },
    required: ['ServiceName'],
  },
  CreateServiceAccessKeyRequest: {
    type: 'structure',
    members: { ServiceName: 'ServiceNameType' },
    required: ['ServiceName'],
  },
  CreateServiceAccessKeyResponse: { type: 'structure', members: { AccessKey: 'AccessKey' }, required: ['AccessKey'] },
  ListServiceAccessKeysRequest: {
    type: 'structure',
    members: { ServiceName: 'ServiceNameType' },
    required: ['ServiceName'],
  },
  ListServiceAccessKeysResponse: {
    type: 'structure',
    members: { AccessKeyMetadata: 'AccessKeyMetadataListType' },
    required: ['AccessKeyMetadata'],
  },
  DeleteServiceAccessKeyRequest: {
    type: 'structure',
    members: { ServiceName: 'ServiceNameType', AccessKeyId: 'AccessKeyIdType' },
    required: ['ServiceName', 'AccessKeyId'],
  },
  PutOpenIDConnectProviderKeysRequest: {
    type: 'structure',
    members: { OpenIDConnectProviderArn: 'ArnType', Jwks: 'JwksType', JwksUri: 'JwksUriType' },
    required: ['OpenIDConnectProviderArn'],
  },
  GetOpenIDConnectProviderKeysRequest: {
    type: 'structure',
    members: { OpenIDConnectProviderArn: 'ArnType' },
    required: ['OpenIDConnectProviderArn'],
  },
  GetOpenIDConnectProviderKeysResponse: {
    type: 'structure',
    members: { Jwks: 'JwksType', JwksUri: 'JwksUriType' },
  },
  JwksType: { type: 'string', min: 1, max: 131072 },
  JwksUriType: { type: 'string', min: 1, max: 2048, pattern: 'https://[\\u0021-\\u007E]+' },
} as const satisfies Record<string, Shape>;
