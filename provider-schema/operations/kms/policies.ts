/** Key policies. */
import { kms } from '../apis.ts';
import { keyStateErrors } from '../error-groups.ts';
import { anyState } from '../states.ts';
import { key } from '../targets.ts';

export const policiesOperations = kms({
  GetKeyPolicy: {
    summary: 'Returns the key policy of a KMS key.',
    targets: [key(anyState)],
    accessLevel: 'Read',
    errors: keyStateErrors,
    rest: 'GET /v1/keys/{KeyId}/policy',
  },
  PutKeyPolicy: {
    summary: 'Replaces the key policy of a KMS key.',
    output: null,
    targets: [key(anyState)],
    accessLevel: 'Permissions management',
    errors: [
      ...keyStateErrors,
      'LimitExceededException',
      'MalformedPolicyDocumentException',
      'UnsupportedOperationException',
    ],
    rest: 'PUT /v1/keys/{KeyId}/policy',
  },
  ListKeyPolicies: {
    summary: 'Lists the names of the key policies of a KMS key: always one, `default`.',
    targets: [key(anyState)],
    accessLevel: 'List',
    errors: keyStateErrors,
    rest: 'GET /v1/keys/{KeyId}/policies',
  },
});
