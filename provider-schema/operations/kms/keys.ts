/** Keys: creating, enabling, describing and listing them. */
import { kms } from '../apis.ts';
import { keyErrors, keyStateErrors, keyStoreErrors } from '../error-groups.ts';
import { anyState, notPendingDeletion, settledKey } from '../states.ts';
import { account, key, usedKey } from '../targets.ts';

export const keysOperations = kms({
  CreateKey: {
    summary: 'Creates a KMS key.',
    targets: [account(), account({ action: 'kms:TagResource', when: 'Tags' })],
    accessLevel: 'Write',
    errors: [
      ...keyStoreErrors,
      'CloudHsmClusterInvalidConfigurationException',
      'DependencyTimeoutException',
      'InvalidArnException',
      'LimitExceededException',
      'MalformedPolicyDocumentException',
      'TagException',
      'UnsupportedOperationException',
      'XksKeyAlreadyInUseException',
      'XksKeyInvalidConfigurationException',
      'XksKeyNotFoundException',
    ],
    rest: 'POST /v1/keys',
    creates: true,
  },
  DescribeKey: {
    summary: 'Describes a KMS key.',
    targets: [key(anyState, { accepts: 'key-or-alias', crossAccount: true })],
    accessLevel: 'Read',
    grantable: true,
    errors: keyErrors,
    rest: 'GET /v1/keys/{KeyId}',
  },
  ListKeys: {
    summary: 'Lists the KMS keys of the account and Region.',
    targets: [account()],
    accessLevel: 'List',
    errors: ['DependencyTimeoutException', 'InvalidMarkerException'],
    rest: 'GET /v1/keys',
  },
  EnableKey: {
    summary: 'Enables a KMS key.',
    output: null,
    targets: [key(settledKey)],
    accessLevel: 'Write',
    errors: [...keyStateErrors, 'LimitExceededException'],
    rest: 'POST /v1/keys/{KeyId}/enable',
  },
  DisableKey: {
    summary: 'Disables a KMS key: it cannot be used until it is enabled again.',
    output: null,
    targets: [key(settledKey)],
    accessLevel: 'Write',
    errors: keyStateErrors,
    rest: 'POST /v1/keys/{KeyId}/disable',
  },
  UpdateKeyDescription: {
    summary: 'Replaces the description of a KMS key.',
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: 'Write',
    errors: keyStateErrors,
    rest: 'PUT /v1/keys/{KeyId}/description',
  },
  GetKeyLastUsage: {
    summary: 'Returns when, how and by which request a KMS key was last used.',
    targets: [key(anyState)],
    accessLevel: 'Read',
    errors: keyErrors,
    rest: 'GET /v1/keys/{KeyId}/last-usage',
  },
  GetPublicKey: {
    summary: 'Returns the public key of an asymmetric KMS key.',
    targets: [usedKey()],
    accessLevel: 'Read',
    grantable: true,
    errors: [
      ...keyStateErrors,
      'DisabledException',
      'InvalidGrantTokenException',
      'InvalidKeyUsageException',
      'KeyUnavailableException',
      'UnsupportedOperationException',
    ],
    rest: 'GET /v1/keys/{KeyId}/public-key',
  },
});
