/** What was asked: CloudTrail's LookupEvents over the audit log. */
import type { OperationRecord } from '../../records.ts';
import { account } from '../targets.ts';

export const lookupEventsOperations = {
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
