/** DeleteCustomKeyStore. Source: AWS KMS API reference, the operation by name. */
import { KmsError, messages } from '@keystead/provider-schema/errors.ts';
import { requireTransition } from '../../../domain/key-stores/key-store.ts';
import { keyStoreChange } from '../../../mutations/mutations.ts';
import type { Implementation } from '../../shared/implementation.ts';
import { keyStoreAudit, requireKeyStore } from './key-store.ts';

export const deleteCustomKeyStore: Implementation<'DeleteCustomKeyStore'> = {
  async run(ctx, { CustomKeyStoreId }) {
    const row = await requireKeyStore(ctx, CustomKeyStoreId);
    requireTransition(row, 'DeleteCustomKeyStore');
    if (await ctx.store.hasKeyInKeyStore(row.account_id, row.custom_key_store_id)) {
      throw new KmsError('CustomKeyStoreHasCMKsException', messages.keyStoreHasKeys(row.custom_key_store_id));
    }
    const { account_id, region, custom_key_store_id, revision } = row;
    const key = { account_id, region, custom_key_store_id };
    return {
      output: {},
      // Conflicts with a key created meanwhile, because that changes the row's revision.
      mutations: [{ op: 'delete', table: 'custom_key_stores', key, revision }],
      changes: [keyStoreChange(row, 'deleted', 'DeleteCustomKeyStore')],
      audit: keyStoreAudit(row),
    };
  },
};
