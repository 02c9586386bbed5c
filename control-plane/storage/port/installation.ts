/**
 * Reads of the meta table (the root key's fingerprint, the first account, seed records, the progress of deliveries), and
 * of the servers that hold the root key.
 */
import type { MetaRow, RootKeyHolderRow } from './tables.ts';

export interface InstallationReader {
  findMeta(name: string): Promise<MetaRow | undefined>;
  /** Ordered by id. */
  listRootKeyHolders(): Promise<readonly RootKeyHolderRow[]>;
}
