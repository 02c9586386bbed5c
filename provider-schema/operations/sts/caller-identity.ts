/** Who the caller is. */
import type { OperationRecord } from '../../records.ts';

export const callerIdentityOperations = {
  GetCallerIdentity: {
    name: 'GetCallerIdentity',
    summary: 'Tells who signed the request. Needs no permission.',
    status: 'implemented',
    service: 'sts',
    input: 'GetCallerIdentityRequest',
    output: 'GetCallerIdentityResponse',
    targets: [],
    grantable: false,
    effect: 'read',
    accessLevel: 'Read',
    errors: ['KMSInternalException'],
    rest: { method: 'GET', path: '/v1/caller-identity', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
