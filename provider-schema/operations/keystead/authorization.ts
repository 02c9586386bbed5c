/** Simulation: what a principal can do, and why; and what a key policy cannot do. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const authorizationOperations = keystead({
  SimulateAuthorization: {
    summary: 'Returns whether a principal can do something, and why; also under a policy that is not in force yet.',
    targets: [account()],
    accessLevel: 'Read',
    errors: ['MalformedPolicyDocumentException', 'NoSuchEntityException', 'NotFoundException'],
    rest: 'POST /v1/authorization/simulate',
  },
  ValidateKeyPolicy: {
    summary:
      'Returns which statements of a key policy can never apply, or are not limited as they are written, because no account they are about has an organization. Changes nothing.',
    targets: [account()],
    accessLevel: 'Read',
    errors: ['LimitExceededException', 'MalformedPolicyDocumentException'],
    rest: 'POST /v1/authorization/validate-key-policy',
  },
});
