/** The operations of custom key stores. */
import type { keyStoresOperations } from '@keystead/provider-schema/operations/kms/key-stores.ts';
import type { Implementations } from '../../shared/implementation.ts';
import { connectCustomKeyStore, disconnectCustomKeyStore } from './connect.ts';
import { createCustomKeyStore } from './create.ts';
import { deleteCustomKeyStore } from './delete.ts';
import { describeCustomKeyStores } from './describe.ts';
import { updateCustomKeyStore } from './update.ts';

export const keyStoresFunctions: Implementations<typeof keyStoresOperations> = {
  CreateCustomKeyStore: createCustomKeyStore,
  DescribeCustomKeyStores: describeCustomKeyStores,
  UpdateCustomKeyStore: updateCustomKeyStore,
  DeleteCustomKeyStore: deleteCustomKeyStore,
  ConnectCustomKeyStore: connectCustomKeyStore,
  DisconnectCustomKeyStore: disconnectCustomKeyStore,
};
