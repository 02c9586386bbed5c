/** Reads over installation facts: the root key's fingerprint, the first account, what was seeded and delivered. */
import type { MetaRow } from './tables.ts';

export interface InstallationReader {
  findMeta(name: string): Promise<MetaRow | undefined>;
}
