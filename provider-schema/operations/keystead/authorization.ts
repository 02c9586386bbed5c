/** Simulation: what a principal can do, and why. */
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
});
