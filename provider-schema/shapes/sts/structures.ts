/**
 * Shapes of the AWS STS API (version 2011-06-15), for the part of it that Keystead serves. Tags, ARNs and access
 * keys are IAM's.
 */
import type { Shape } from '../shape.ts';

const LATIN = '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+';

export const stsShapes = {
  AssumeRoleRequest: {
    type: 'structure',
    members: {
      DurationSeconds: 'RoleDurationSecondsType',
      ExternalId: 'ExternalIdType',
      Policy: 'UnrestrictedSessionPolicyDocumentType',
      PolicyArns: 'PolicyDescriptorListType',
      ProvidedContexts: 'ProvidedContextsListType',
      RoleArn: 'ArnType',
      RoleSessionName: 'RoleSessionNameType',
      SerialNumber: 'SerialNumberType',
      SourceIdentity: 'SourceIdentityType',
      Tags: 'TagListType',
      TokenCode: 'TokenCodeType',
      TransitiveTagKeys: 'TagKeyListType',
    },
    required: ['RoleArn', 'RoleSessionName'],
  },
  AssumeRoleResponse: {
    type: 'structure',
    members: {
      AssumedRoleUser: 'AssumedRoleUser',
      Credentials: 'Credentials',
      PackedPolicySize: 'NonNegativeIntegerType',
      SourceIdentity: 'SourceIdentityType',
    },
    required: ['AssumedRoleUser', 'Credentials'],
  },
  AssumeRoleWithWebIdentityRequest: {
    type: 'structure',
    members: {
      DurationSeconds: 'RoleDurationSecondsType',
      Policy: 'SessionPolicyDocumentType',
      PolicyArns: 'PolicyDescriptorListType',
      ProviderId: 'ProviderIdType',
      RoleArn: 'ArnType',
      RoleSessionName: 'RoleSessionNameType',
      WebIdentityToken: 'ClientTokenType',
    },
    required: ['RoleArn', 'RoleSessionName', 'WebIdentityToken'],
  },
  AssumeRoleWithWebIdentityResponse: {
    type: 'structure',
    members: {
      AssumedRoleUser: 'AssumedRoleUser',
      Audience: 'StsTextType',
      Credentials: 'Credentials',
      PackedPolicySize: 'NonNegativeIntegerType',
      Provider: 'StsTextType',
      SourceIdentity: 'SourceIdentityType',
      SubjectFromWebIdentityToken: 'StsTextType',
    },
    required: ['AssumedRoleUser', 'Credentials', 'Audience', 'Provider', 'SubjectFromWebIdentityToken'],
  },
  AssumedRoleUser: {
    type: 'structure',
    members: { Arn: 'ArnType', AssumedRoleId: 'AssumedRoleIdType' },
    required: ['Arn', 'AssumedRoleId'],
  },
  Credentials: {
    type: 'structure',
    members: {
      AccessKeyId: 'AccessKeyIdType',
      Expiration: 'DateType',
      SecretAccessKey: 'SecretAccessKeyType',
      SessionToken: 'SessionTokenType',
    },
    required: ['AccessKeyId', 'Expiration', 'SecretAccessKey', 'SessionToken'],
  },
  DecodeAuthorizationMessageRequest: {
    type: 'structure',
    members: { EncodedMessage: 'EncodedMessageType' },
    required: ['EncodedMessage'],
  },
  DecodeAuthorizationMessageResponse: { type: 'structure', members: { DecodedMessage: 'StsTextType' } },
  GetAccessKeyInfoRequest: {
    type: 'structure',
    members: { AccessKeyId: 'AccessKeyIdType' },
    required: ['AccessKeyId'],
  },
  GetAccessKeyInfoResponse: { type: 'structure', members: { Account: 'StsTextType' }, required: ['Account'] },
  GetSessionTokenRequest: {
    type: 'structure',
    members: {
      DurationSeconds: 'SessionDurationSecondsType',
      SerialNumber: 'SerialNumberType',
      TokenCode: 'TokenCodeType',
    },
  },
  GetSessionTokenResponse: { type: 'structure', members: { Credentials: 'Credentials' }, required: ['Credentials'] },

  PolicyDescriptorListType: { type: 'list', member: 'PolicyDescriptorType' },
  PolicyDescriptorType: { type: 'structure', members: { arn: 'ArnType' } },
  ProvidedContextsListType: { type: 'list', member: 'ProvidedContext', min: 1, max: 5 },
  ProvidedContext: {
    type: 'structure',
    members: { ContextAssertion: 'ContextAssertionType', ProviderArn: 'ArnType' },
  },

  AssumedRoleIdType: { type: 'string', min: 2, max: 193, pattern: '[\\w+=,.@:-]*' },
  ClientTokenType: { type: 'string', min: 4, max: 20_000, sensitive: true },
  ContextAssertionType: { type: 'string', min: 4, max: 2048, sensitive: true },
  EncodedMessageType: { type: 'string', min: 1, max: 10_240 },
  ExternalIdType: { type: 'string', min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' },
  NonNegativeIntegerType: { type: 'integer', min: 0 },
  ProviderIdType: { type: 'string', min: 4, max: 2048 },
  RoleDurationSecondsType: { type: 'integer', min: 900, max: 43_200 },
  RoleSessionNameType: { type: 'string', min: 2, max: 64, pattern: '[\\w+=,.@-]*' },
  SerialNumberType: { type: 'string', min: 9, max: 256, pattern: '[\\w+=/:,.@-]*' },
  SessionDurationSecondsType: { type: 'integer', min: 900, max: 129_600 },
  SessionPolicyDocumentType: { type: 'string', min: 1, max: 2048, pattern: LATIN },
  SessionTokenType: { type: 'string', sensitive: true },
  SourceIdentityType: { type: 'string', min: 2, max: 64, pattern: '[\\w+=,.@-]*' },
  StsTextType: { type: 'string' },
  TokenCodeType: { type: 'string', min: 6, max: 6, pattern: '[\\d]*', sensitive: true },
  UnrestrictedSessionPolicyDocumentType: { type: 'string', min: 1, pattern: LATIN },
  GetCallerIdentityRequest: { type: 'structure', members: {} },
  GetCallerIdentityResponse: {
    type: 'structure',
    members: { Account: 'AccountIdType', Arn: 'ArnType', UserId: 'PrincipalUniqueIdType' },
    required: ['Account', 'Arn', 'UserId'],
  },
  PrincipalUniqueIdType: { type: 'string', min: 12, max: 128 },
} as const satisfies Record<string, Shape>;
