/** UpdateCustomKeyStore. Source: AWS KMS API reference, the operation by name. */
import { KmsError } from '@keystead/provider-schema/errors.ts';
import { requireTransition } from '../../../domain/key-stores/key-store.ts';
import { keyStoreChange, updateKeyStore } from '../../../mutations/mutations.ts';
import type { Implementation } from '../../shared/implementation.ts';
import { clusterChanges } from './cluster-store.ts';
import { externalChanges } from './external-store.ts';
import { keyStoreAudit, requireFreeName, requireKeyStore } from './key-store.ts';
import { isLive, requireMembersOfRow } from './members.ts';

export const updateCustomKeyStore: Implementation<'UpdateCustomKeyStore'> = {
  check(_ctx, input) {
    const { CustomKeyStoreId: _, ...changes } = input;
    if (Object.values(changes).some((value) => value !== undefined)) return;
    throw new KmsError('ValidationException', 'The request changes nothing: give at least one new value.');
  },
  async run(ctx, input) {
    const row = await requireKeyStore(ctx, input.CustomKeyStoreId);
    requireMembersOfRow(row, input);
    requireTransition(row, isLive(input) ? 'UpdateLive' : 'UpdateCustomKeyStore');
    const { NewCustomKeyStoreName: name = row.name } = input;
    if (name !== row.name) await requireFreeName(ctx, name);
    const changed =
      row.type === 'AWS_CLOUDHSM' ? await clusterChanges(ctx, row, input) : await externalChanges(ctx, row, input);
    return {
      output: {},
      mutations: [updateKeyStore(row, { ...changed, name })],
      changes: [keyStoreChange(row, 'updated', 'UpdateCustomKeyStore')],
      audit: keyStoreAudit(row),
    };
  },
};
