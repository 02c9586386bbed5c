/** Protects keys from deletion, and lifts the protection. The operations are Keystead's own. */
import type { deletionProtectionOperations } from '@keystead/provider-schema/operations/keystead/deletion-protection.ts';
import type { Outcome } from '../../context/outcome.ts';
import type { ResolvedKey } from '../../context/resolved-key.ts';
import { isProtected } from '../../domain/keys/deletion-protection.ts';
import { keyChange, updateKey } from '../../mutations/mutations.ts';
import { type Implementations, resolvedKey } from '../shared/implementation.ts';

/** A key that has the protection already, or does not have it, stays unchanged. */
function setProtection(key: ResolvedKey, protects: boolean, eventName: string): Outcome<undefined> {
  const audit = { responseElements: { keyId: key.arn } };
  if (isProtected(key) === protects) return { output: undefined, audit };
  return {
    output: undefined,
    mutations: [updateKey(key, { deletion_protected: protects ? 1 : 0 })],
    changes: [keyChange(key, 'updated', eventName)],
    audit,
  };
}

export const deletionProtectionFunctions: Implementations<typeof deletionProtectionOperations> = {
  ProtectKey: { run: async (_ctx, _input, keys) => setProtection(resolvedKey(keys), true, 'ProtectKey') },
  UnprotectKey: { run: async (_ctx, _input, keys) => setProtection(resolvedKey(keys), false, 'UnprotectKey') },
};
