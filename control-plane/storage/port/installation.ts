/** Reads of the meta table: the root key's fingerprint, the first account, seed records, the progress of deliveries. */
import type { MetaRow } from './tables.ts';

export interface InstallationReader {
  findMeta(name: string): Promise<MetaRow | undefined>;
}
