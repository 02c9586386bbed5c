/** What changed and what was asked: the change log and the audit. Keystead's own, REST only. */
import type { OperationRecord } from '../records.ts';
import { account } from './targets.ts';

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
    summary: 'Looks up audit events, newest first.',
    status: 'implemented',
    service: 'cloudtrail',
    input: 'LookupEventsRequest',
    output: 'LookupEventsResponse',
    targets: [account('cloudtrail:LookupEvents')],
    grantable: false,
    effect: 'read',
    accessLevel: 'List',
    errors: ['InvalidNextTokenException', 'InvalidTimeRangeException', 'KMSInternalException'],
    rest: { method: 'GET', path: '/v1/events', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
