/** What changed: Keystead's own change log. */
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
} as const satisfies Record<string, OperationRecord>;
