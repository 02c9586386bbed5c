/**
 * Shapes of ReviewPlannedChanges, Keystead's own. The answer has facts; whoever shows them says what to do, because that
 * depends on the tool that plans.
 */
import type { Shape } from '../shape.ts';

export const plannedChangesShapes = {
  ReviewPlannedChangesRequest: {
    type: 'structure',
    members: { Changes: 'PlannedChangeList', RecentUseInDays: 'RecentUseInDaysType' },
    required: ['Changes'],
  },
  ReviewPlannedChangesResponse: {
    type: 'structure',
    members: { Reviews: 'ChangeReviewList' },
    required: ['Reviews'],
  },
  PlannedChangeList: { type: 'list', member: 'PlannedChange', min: 1, max: 100 },
  /** A use is recent for so many days. */
  RecentUseInDaysType: { type: 'integer', min: 1, max: 3650 },
  PlannedChange: {
    type: 'structure',
    members: {
      Operation: 'PlannedOperationType',
      KeyId: 'KeyIdType',
      AliasName: 'AliasNameType',
      /** Of PutKeyPolicy and CreateKey; absent: the default policy. */
      Policy: 'PolicyType',
      GranteePrincipal: 'PrincipalIdType',
      RetiringPrincipal: 'PrincipalIdType',
    },
    required: ['Operation'],
  },
  /** The operation that the plan will call. */
  PlannedOperationType: {
    type: 'string',
    enum: [
      'CreateGrant',
      'CreateKey',
      'DeleteAlias',
      'DeleteImportedKeyMaterial',
      'DisableKey',
      'ImportKeyMaterial',
      'PutKeyPolicy',
      'ScheduleKeyDeletion',
    ],
  },
  /** In the order of the changes. */
  ChangeReviewList: { type: 'list', member: 'ChangeReview' },
  ChangeReview: {
    type: 'structure',
    members: {
      Findings: 'ChangeFindingList',
      Unreviewed: 'UnreviewedList',
      /** Of the key, however long ago; absent: never, or not reviewed. */
      LastUse: 'PrincipalUse',
    },
    required: ['Findings', 'Unreviewed'],
  },
  ChangeFindingList: { type: 'list', member: 'ChangeFinding' },
  ChangeFinding: {
    type: 'structure',
    members: {
      Type: 'ChangeFindingType',
      /** The first of those concerned: aliases, grantees with the name of the grant, Regions, ARNs. */
      Names: 'FindingNameList',
      /** The latest of those concerned. */
      Uses: 'PrincipalUseList',
      /** How many are concerned, in Names or Uses or beyond. */
      Total: 'FindingCountType',
      /** Of PolicyRefused: why. */
      Message: 'ReasoningType',
    },
    required: ['Type'],
  },
  ChangeFindingType: {
    type: 'string',
    enum: [
      'AccessLost',
      'AdministratorsLockedOut',
      'AliasUsed',
      'CallerLockedOut',
      'EveryoneLockedOut',
      'GranteeMissing',
      'HasAliases',
      'HasGrants',
      'HasReplicas',
      'PolicyRefused',
      'RecentlyUsed',
      'RetiringPrincipalMissing',
    ],
  },
  FindingNameList: { type: 'list', member: 'FindingNameType' },
  FindingNameType: { type: 'string' },
  FindingCountType: { type: 'integer' },
  PrincipalUseList: { type: 'list', member: 'PrincipalUse' },
  PrincipalUse: {
    type: 'structure',
    members: {
      /** ARN of a user, role or root user; a service's name; the unique id of one that is deleted or of another account. */
      Principal: 'FindingNameType',
      AccountId: 'AccountIdType',
      Actions: 'FindingNameList',
      LastUsedDate: 'DateType',
    },
    required: ['Actions', 'LastUsedDate'],
  },
  UnreviewedList: { type: 'list', member: 'Unreviewed' },
  /** What was not looked at, and why. */
  Unreviewed: {
    type: 'structure',
    members: { Reason: 'UnreviewedReasonType', Action: 'FindingNameType' },
    required: ['Reason'],
  },
  /** AccessDenied: the caller is not allowed Action. NotFound: there is no such key for the caller. */
  UnreviewedReasonType: { type: 'string', enum: ['AccessDenied', 'NotFound', 'TooCostly'] },
} as const satisfies Record<string, Shape>;
