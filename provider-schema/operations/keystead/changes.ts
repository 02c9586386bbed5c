/** What changed, Keystead's own; and what was asked, CloudTrail's LookupEvents. */
import type { OperationRecord } from '../../records.ts';
import { account } from '../targets.ts';

export const changesOperations = {
  ListChanges: {
    name: 'ListChanges',
    summary: 'Lists the changes of declared state after a sequence number, oldest first.',
    status: 'implemented',
    service: 'keystead',
    input: 'ListChangesRequest',
    output: 'ListChangesResponse',
    targets: [account('keystead:ListChanges')],
    grantable: false,
    effect: 'read',
    accessLevel: 'List',
    errors: ['KMSInternalException'],
    rest: { method: 'GET', path: '/v1/changes', successStatus: 200 },
  },
  LookupEvents: {
    name: 'LookupEvents',
    summary: 'Looks up audit events of the account and Region, newest first.',
    status: 'implemented',
    service: 'cloudtrail',
    input: 'LookupEventsRequest',
    output: 'LookupEventsResponse',
    targets: [account('cloudtrail:LookupEvents')],
    grantable: false,
    effect: 'read',
    accessLevel: 'List',
    errors: [
      'InvalidEventCategoryException',
      'InvalidLookupAttributesException',
      'InvalidMaxResultsException',
      'InvalidNextTokenException',
      'InvalidTimeRangeException',
      'KMSInternalException',
    ],
    rest: { method: 'GET', path: '/v1/events', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
