/**
 * Shapes of Keystead's own operations, which the REST door alone serves. Names of members follow IAM, STS and
 * CloudTrail where those services have the same thing (IAM API 2010-05-08, STS API 2011-06-15, CloudTrail API 2013-11-01).
 */
import type { Shape } from '../shapes.ts';

export const keysteadShapes = {
  // One key whole: what a declared key is compared with.
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
      Revision: 'RevisionType',
    },
    required: ['KeyMetadata', 'Policy', 'Tags', 'RotationStatus', 'Aliases', 'Grants', 'Revision'],
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

  // The change log.
  ListChangesRequest: {
    type: 'structure',
    members: { After: 'SequenceType', Limit: 'LimitType' },
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
  SequenceType: { type: 'integer', min: 0 },
  ChangedResourceType: {
    type: 'string',
    enum: ['key', 'alias', 'grant', 'custom-key-store', 'principal', 'access-key'],
  },
  ChangedResourceIdType: { type: 'string', min: 1, max: 2048 },
  ChangeKind: { type: 'string', enum: ['created', 'updated', 'deleted'] },
  EventNameType: { type: 'string', min: 1, max: 128, pattern: '^[A-Za-z0-9]+$' },
  UuidType: { type: 'string', min: 36, max: 36, pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },

  // Audit events, newest first, as CloudTrail has them. The members from ResourceArn on are ours: one query parameter
  // each at the REST door, where there is no list of attributes. What CloudTrail has codes of its own for is left to the
  // operation.
  LookupEventsRequest: {
    type: 'structure',
    members: {
      LookupAttributes: 'LookupAttributesList',
      StartTime: 'DateType',
      EndTime: 'DateType',
      EventCategory: 'EventCategory',
      MaxResults: 'MaxResultsType',
      NextToken: 'NextTokenType',
      ResourceArn: 'ArnType',
      EventId: 'UuidType',
      EventName: 'EventNameType',
      EventSource: 'LookupAttributeValue',
      RequestId: 'UuidType',
      Username: 'LookupAttributeValue',
      AccessKeyId: 'LookupAttributeValue',
      ReadOnly: 'BooleanType',
    },
  },
  LookupAttributesList: { type: 'list', member: 'LookupAttribute' },
  LookupAttribute: {
    type: 'structure',
    members: { AttributeKey: 'LookupAttributeKey', AttributeValue: 'LookupAttributeValue' },
    required: ['AttributeKey', 'AttributeValue'],
  },
  LookupAttributeKey: { type: 'string' },
  LookupAttributeValue: { type: 'string', min: 1, max: 2000 },
  EventCategory: { type: 'string' },
  LookupEventsResponse: {
    type: 'structure',
    members: { Events: 'EventList', NextToken: 'NextTokenType' },
    required: ['Events'],
  },
  EventList: { type: 'list', member: 'Event' },
  Event: {
    type: 'structure',
    members: {
      EventId: 'UuidType',
      EventName: 'EventNameType',
      ReadOnly: 'EventReadOnlyType',
      AccessKeyId: 'EventTextType',
      EventTime: 'DateType',
      EventSource: 'EventTextType',
      Username: 'EventUsernameType',
      Resources: 'EventResourceList',
      CloudTrailEvent: 'CloudTrailEventType',
    },
    required: ['EventId', 'EventName', 'EventTime', 'EventSource', 'ReadOnly', 'Resources', 'CloudTrailEvent'],
  },
  EventReadOnlyType: { type: 'string', enum: ['true', 'false'] },
  EventTextType: { type: 'string' },
  EventResourceList: { type: 'list', member: 'EventResource' },
  EventResource: { type: 'structure', members: { ResourceType: 'EventTextType', ResourceName: 'EventTextType' } },
  EventUsernameType: { type: 'string' },
  CloudTrailEventType: { type: 'string' },
  MaxResultsType: { type: 'integer' },
  NextTokenType: { type: 'string' },

  // Who signed this request.
  GetCallerIdentityRequest: { type: 'structure', members: {} },
  GetCallerIdentityResponse: {
    type: 'structure',
    members: { Account: 'AccountIdType', Arn: 'ArnType', UserId: 'PrincipalUniqueIdType' },
    required: ['Account', 'Arn', 'UserId'],
  },
  PrincipalUniqueIdType: { type: 'string', min: 12, max: 128 },

  // Users and their access keys.
  UserNameType: { type: 'string', min: 1, max: 64, pattern: '[\\w+=,.@-]+' },
  AccessKeyIdType: { type: 'string', min: 16, max: 128, pattern: '[\\w]+' },
  SecretAccessKeyType: { type: 'string', sensitive: true },
  AccessKeyStatusType: { type: 'string', enum: ['Active', 'Inactive'] },
  User: {
    type: 'structure',
    members: { UserName: 'UserNameType', UserId: 'PrincipalUniqueIdType', Arn: 'ArnType', CreateDate: 'DateType' },
    required: ['UserName', 'UserId', 'Arn', 'CreateDate'],
  },
  UserList: { type: 'list', member: 'User' },
  AccessKey: {
    type: 'structure',
    members: {
      UserName: 'UserNameType',
      AccessKeyId: 'AccessKeyIdType',
      Status: 'AccessKeyStatusType',
      SecretAccessKey: 'SecretAccessKeyType',
      CreateDate: 'DateType',
    },
    required: ['UserName', 'AccessKeyId', 'Status', 'SecretAccessKey', 'CreateDate'],
  },
  AccessKeyMetadata: {
    type: 'structure',
    members: {
      UserName: 'UserNameType',
      AccessKeyId: 'AccessKeyIdType',
      Status: 'AccessKeyStatusType',
      CreateDate: 'DateType',
    },
    required: ['UserName', 'AccessKeyId', 'Status', 'CreateDate'],
  },
  AccessKeyMetadataList: { type: 'list', member: 'AccessKeyMetadata' },
  CreateUserRequest: { type: 'structure', members: { UserName: 'UserNameType' }, required: ['UserName'] },
  CreateUserResponse: { type: 'structure', members: { User: 'User' }, required: ['User'] },
  GetUserRequest: { type: 'structure', members: { UserName: 'UserNameType' }, required: ['UserName'] },
  GetUserResponse: { type: 'structure', members: { User: 'User' }, required: ['User'] },
  ListUsersRequest: { type: 'structure', members: {} },
  ListUsersResponse: { type: 'structure', members: { Users: 'UserList' }, required: ['Users'] },
  DeleteUserRequest: { type: 'structure', members: { UserName: 'UserNameType' }, required: ['UserName'] },
  CreateAccessKeyRequest: { type: 'structure', members: { UserName: 'UserNameType' }, required: ['UserName'] },
  CreateAccessKeyResponse: { type: 'structure', members: { AccessKey: 'AccessKey' }, required: ['AccessKey'] },
  ListAccessKeysRequest: { type: 'structure', members: { UserName: 'UserNameType' }, required: ['UserName'] },
  ListAccessKeysResponse: {
    type: 'structure',
    members: { AccessKeyMetadata: 'AccessKeyMetadataList' },
    required: ['AccessKeyMetadata'],
  },
  UpdateAccessKeyRequest: {
    type: 'structure',
    members: { UserName: 'UserNameType', AccessKeyId: 'AccessKeyIdType', Status: 'AccessKeyStatusType' },
    required: ['UserName', 'AccessKeyId', 'Status'],
  },
  DeleteAccessKeyRequest: {
    type: 'structure',
    members: { UserName: 'UserNameType', AccessKeyId: 'AccessKeyIdType' },
    required: ['UserName', 'AccessKeyId'],
  },
} as const satisfies Record<string, Shape>;
