/** Stores which root key wraps the key material of this database, and refuses to start with another. */
import type { InstallationService } from '../hsm/port/installation.ts';
import { type Store, WriteConflict } from '../storage/port/store.ts';
import { exitCodes, StartError } from './start-error.ts';

/** Row of the meta table. A database without it has no keys. */
export const ROOT_KEY_FINGERPRINT = 'root-key-fingerprint';

/** @throws StartError when the database belongs to another root key; then nothing is changed. */
export async function requireSameRootKey(store: Store, installation: InstallationService): Promise<void> {
  const fingerprint = await installation.rootKeyFingerprint();
  const known = await store.findMeta(ROOT_KEY_FINGERPRINT);
  if (!known) {
    const insert = { op: 'insert', table: 'meta', row: { name: ROOT_KEY_FINGERPRINT, value: fingerprint } } as const;
    await store.write({ mutations: [insert], changes: [], audit: [] }).catch((error: unknown) => {
      // Another node started at the same moment; its fingerprint is checked below.
      if (!(error instanceof WriteConflict)) throw error;
    });
  }
  const settled = known ?? (await store.findMeta(ROOT_KEY_FINGERPRINT));
  if (settled?.value === fingerprint) return;
  throw new StartError(
    'The root key is not the one that this database was created with.',
    'Start with the root key file that belongs to it (--seal file:PATH); restore it from its backup if it was lost.',
    exitCodes.rootKey,
  );
}
