/** Grants. */
import { kms } from '../apis.ts';
import { keyErrors, keyStateErrors } from '../error-groups.ts';
import { anyState, grantableKey } from '../states.ts';
import { account, key } from '../targets.ts';

export const grantsOperations = kms({
  CreateGrant: {
    summary: 'Creates a grant on a KMS key.',
    targets: [key(grantableKey, { crossAccount: true })],
    accessLevel: 'Permissions management',
    grantable: true,
    errors: [
      ...keyStateErrors,
      'DisabledException',
      'DryRunOperationException',
      'InvalidGrantTokenException',
      'LimitExceededException',
    ],
    rest: 'POST /v1/keys/{KeyId}/grants',
    creates: true,
  },
  ListGrants: {
    summary: 'Lists the grants on a KMS key.',
    targets: [key(anyState, { crossAccount: true })],
    accessLevel: 'List',
    errors: [...keyStateErrors, 'InvalidGrantIdException', 'InvalidMarkerException'],
    rest: 'GET /v1/keys/{KeyId}/grants',
  },
  ListRetirableGrants: {
    summary: 'Lists the grants a principal can retire, on keys of every account.',
    output: 'ListGrantsResponse',
    targets: [account({ ofService: 'RetiringServicePrincipal' })],
    accessLevel: 'List',
    errors: [...keyErrors, 'InvalidMarkerException'],
    rest: 'GET /v1/grants/retirable',
  },
  RevokeGrant: {
    summary: 'Deletes a grant, if the key policy or IAM allows it.',
    output: null,
    targets: [key(anyState, { crossAccount: true })],
    accessLevel: 'Permissions management',
    errors: [...keyStateErrors, 'DryRunOperationException', 'InvalidGrantIdException'],
    rest: 'DELETE /v1/keys/{KeyId}/grants/{GrantId}',
  },
  RetireGrant: {
    summary: 'Deletes a grant, if the grant itself allows it.',
    output: null,
    targets: [{ kind: 'grant' }],
    accessLevel: 'Permissions management',
    grantable: true,
    errors: [...keyStateErrors, 'DryRunOperationException', 'InvalidGrantIdException', 'InvalidGrantTokenException'],
    rest: 'POST /v1/grants/retire',
  },
});
