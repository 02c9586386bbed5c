/** Simulation: what a principal can do, and why; and what a key policy cannot do. */
import { keystead } from '../apis.ts';
import { anyState } from '../states.ts';
import { account, key } from '../targets.ts';

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
  SimulateNewKeyPolicy: {
    summary:
      "Returns who could do what with a new key that had this policy: the account's principals and those that the policy names. Changes nothing.",
    targets: [account()],
    accessLevel: 'Read',
    errors: ['LimitExceededException', 'MalformedPolicyDocumentException'],
    rest: 'POST /v1/authorization/simulate-new-key-policy',
  },
  CompareKeyPolicies: {
    summary:
      "Returns who gained or lost which action on a key by its present policy, compared with another policy: the account's principals and those that either policy names. Changes nothing.",
    targets: [key(anyState)],
    accessLevel: 'Read',
    errors: ['InvalidArnException', 'LimitExceededException', 'MalformedPolicyDocumentException', 'NotFoundException'],
    rest: 'POST /v1/keys/{KeyId}/policy-comparison',
  },
});
