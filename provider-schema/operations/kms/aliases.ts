/** Aliases. */
import { kms } from '../apis.ts';
import { keyErrors } from '../error-groups.ts';
import { anyState, notPendingDeletion } from '../states.ts';
import { account, key } from '../targets.ts';

export const aliasesOperations = kms({
  CreateAlias: {
    summary: 'Creates an alias for a KMS key.',
    output: null,
    targets: [
      { kind: 'alias', member: 'AliasName', exists: false },
      key(notPendingDeletion, { member: 'TargetKeyId', ofAlias: true }),
    ],
    accessLevel: 'Write',
    errors: [
      'AlreadyExistsException',
      'DependencyTimeoutException',
      'InvalidAliasNameException',
      'KMSInvalidStateException',
      'LimitExceededException',
      'NotFoundException',
    ],
    rest: 'POST /v1/aliases',
    creates: true,
  },
  UpdateAlias: {
    summary: 'Points an alias at another KMS key of the same type and usage.',
    output: null,
    targets: [
      { kind: 'alias', member: 'AliasName', exists: true },
      key(notPendingDeletion, { member: 'TargetKeyId', ofAlias: true }),
    ],
    accessLevel: 'Write',
    errors: ['DependencyTimeoutException', 'KMSInvalidStateException', 'LimitExceededException', 'NotFoundException'],
    rest: 'PUT /v1/aliases/{AliasName}',
  },
  DeleteAlias: {
    summary: 'Deletes an alias; its KMS key is not touched.',
    output: null,
    targets: [{ kind: 'alias', member: 'AliasName', exists: true }],
    accessLevel: 'Write',
    errors: ['DependencyTimeoutException', 'KMSInvalidStateException', 'NotFoundException'],
    rest: 'DELETE /v1/aliases/{AliasName}',
  },
  ListAliases: {
    summary: 'Lists the aliases of the account and Region, or of one KMS key.',
    targets: [account(), key(anyState, { optional: true, resolveOnly: true })],
    accessLevel: 'List',
    errors: [...keyErrors, 'InvalidMarkerException'],
    rest: 'GET /v1/aliases',
  },
});
