/** Custom key stores. */
import { kms } from '../apis.ts';
import { clusterErrors, keyStoreErrors, proxyErrors } from '../error-groups.ts';
import { account } from '../targets.ts';

export const keyStoresOperations = kms({
  CreateCustomKeyStore: {
    summary: 'Creates a custom key store.',
    targets: [account()],
    accessLevel: 'Write',
    errors: [
      ...proxyErrors,
      ...clusterErrors,
      'CloudHsmClusterInUseException',
      'IncorrectTrustAnchorException',
      'LimitExceededException',
    ],
    rest: 'POST /v1/key-stores',
    creates: true,
  },
  DescribeCustomKeyStores: {
    summary: 'Describes the custom key stores of the account and Region.',
    targets: [account()],
    accessLevel: 'Read',
    errors: ['CustomKeyStoreNotFoundException', 'InvalidMarkerException'],
    rest: 'GET /v1/key-stores',
  },
  UpdateCustomKeyStore: {
    summary: 'Changes the properties of a custom key store.',
    targets: [account()],
    accessLevel: 'Write',
    errors: [...proxyErrors, ...clusterErrors, ...keyStoreErrors, 'CloudHsmClusterNotRelatedException'],
    rest: 'PATCH /v1/key-stores/{CustomKeyStoreId}',
  },
  DeleteCustomKeyStore: {
    summary: 'Deletes a custom key store that holds no KMS keys.',
    targets: [account()],
    accessLevel: 'Write',
    errors: [...keyStoreErrors, 'CustomKeyStoreHasCMKsException'],
    rest: 'DELETE /v1/key-stores/{CustomKeyStoreId}',
  },
  ConnectCustomKeyStore: {
    summary: 'Connects a custom key store to its backing key store.',
    targets: [account()],
    accessLevel: 'Write',
    errors: [...keyStoreErrors, 'CloudHsmClusterInvalidConfigurationException', 'CloudHsmClusterNotActiveException'],
    rest: 'POST /v1/key-stores/{CustomKeyStoreId}/connect',
  },
  DisconnectCustomKeyStore: {
    summary: 'Disconnects a custom key store; its KMS keys are then unavailable.',
    targets: [account()],
    accessLevel: 'Write',
    errors: keyStoreErrors,
    rest: 'POST /v1/key-stores/{CustomKeyStoreId}/disconnect',
  },
});
