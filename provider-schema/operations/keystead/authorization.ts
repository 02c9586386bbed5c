/** What a principal may do, and why. Keystead's own, REST only. */
import type { OperationRecord } from '../../records.ts';
import { account } from '../targets.ts';

export const authorizationOperations = {
  SimulateAuthorization: {
    name: 'SimulateAuthorization',
    summary: 'Tells whether a principal may do something, and why, also under a policy that is not in force yet.',
    status: 'implemented',
    service: 'keystead',
    input: 'SimulateAuthorizationRequest',
    output: 'SimulateAuthorizationResponse',
    targets: [account('keystead:SimulateAuthorization')],
    grantable: false,
    effect: 'read',
    accessLevel: 'Read',
    errors: ['KMSInternalException', 'MalformedPolicyDocumentException', 'NoSuchEntityException', 'NotFoundException'],
    rest: { method: 'POST', path: '/v1/authorization/simulate', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
