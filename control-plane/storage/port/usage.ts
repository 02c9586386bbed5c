/**
 * Reads over the last uses of KMS keys and access keys, and over the progress of the search for them in the audit log.
 */
import type { AccessKeyUsageRow, KeyUsageRow, KeyUserRow } from './tables.ts';

/** A key and its stored last use. */
export interface KnownUsage {
  readonly keyId: string;
  readonly createdAtMs: number;
  /** Absent while no use is stored. */
  readonly known?: { readonly usedAtMs: number; readonly revision: number };
}

/** An access key and its stored last use. */
export interface KnownAccessKeyUsage {
  readonly accessKeyId: string;
  /** Absent while no use is stored. */
  readonly known?: AccessKeyUsageRow;
}

/** An audit chain with records that have not been searched for uses of keys. */
export interface ChainToRead {
  readonly chainId: string;
  /** The last record read, and the mark's revision; absent when none was read. */
  readonly mark?: { readonly sequence: number; readonly revision: number };
}

export interface UsageReader {
  /** A key's last use, as far as the audit log has been read. */
  findKeyUsage(accountId: string, region: string, keyId: string): Promise<KeyUsageRow | undefined>;
  /** Only keys that exist; give at most a few hundred ids. */
  listKeyUsages(accountId: string, region: string, keyIds: readonly string[]): Promise<readonly KnownUsage[]>;
  /** Who used a key since `sinceMs` and for what, as far as the audit log has been read; the latest use first. */
  listKeyUsers(
    accountId: string,
    region: string,
    keyId: string,
    query: { readonly sinceMs: number; readonly limit: number },
  ): Promise<readonly KeyUserRow[]>;
  /** The stored uses of any of these keys by any of these principals; give at most a few hundred of each. */
  listKeyUsersAmong(
    accountId: string,
    region: string,
    keyIds: readonly string[],
    principalIds: readonly string[],
  ): Promise<readonly KeyUserRow[]>;
  findAccessKeyUsage(accessKeyId: string): Promise<AccessKeyUsageRow | undefined>;
  /** Only access keys that exist; give at most a few hundred ids. */
  listAccessKeyUsages(accessKeyIds: readonly string[]): Promise<readonly KnownAccessKeyUsage[]>;
  /** Chains with unread records that were not read after `readBeforeMs`. Ordered by chain id. */
  listChainsToReadForUsage(readBeforeMs: number, limit: number): Promise<readonly ChainToRead[]>;
  /** Time of the oldest record that has not been searched for uses of keys; undefined when all have been. */
  findUnreadForUsageSince(): Promise<number | undefined>;
}
