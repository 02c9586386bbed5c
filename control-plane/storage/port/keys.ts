/** Reads over KMS keys. */
import type { KeysetPage, Page } from './page.ts';
import type { KeyRow, KeySetRow } from './tables.ts';

/** A key in one Region: the row that its Regions share, and the row of this Region. */
export interface StoredKey {
  readonly shared: KeySetRow;
  readonly regional: KeyRow;
}

export interface KeyReader {
  findKey(accountId: string, region: string, keyId: string): Promise<StoredKey | undefined>;
  /** For a ciphertext, which contains only the key id: the key with that id in this Region, in any account. */
  findKeyInAnyAccount(region: string, keyId: string): Promise<StoredKey | undefined>;
  /** All Regions of one key, ordered by Region. */
  listRelatedKeys(accountId: string, keyId: string): Promise<readonly KeyRow[]>;
  /** Ordered by key id. */
  listKeys(
    accountId: string,
    region: string,
    page: KeysetPage,
  ): Promise<Page<Pick<KeyRow, 'account_id' | 'region' | 'key_id'>>>;
  /** Stops counting at `upTo`. */
  countKeys(accountId: string, region: string, upTo: number): Promise<number>;
  /** Keys whose automatic rotation is due: enabled, primary, next_rotation_at_ms ≤ nowMs. */
  listKeysDueForRotation(nowMs: number, limit: number): Promise<readonly StoredKey[]>;
  /** Keys in PendingDeletion with deletion_at_ms ≤ nowMs. */
  listKeysDueForDeletion(nowMs: number, limit: number): Promise<readonly StoredKey[]>;
}
