/** Reads over last uses of KMS keys and of access keys, and over how far the audit log has been read for them. */
import type { AccessKeyUsageRow, KeyUsageRow } from './tables.ts';

/** A key, and what is stored of its last use. */
export interface KnownUsage {
  readonly keyId: string;
  readonly createdAtMs: number;
  /** Absent while no use is stored. */
  readonly known?: { readonly usedAtMs: number; readonly revision: number };
}

/** An access key, and what is stored of its last use. */
export interface KnownAccessKeyUsage {
  readonly accessKeyId: string;
  /** Absent while no use is stored. */
  readonly known?: AccessKeyUsageRow;
}

/** An audit chain with records that have not been read for uses of keys. */
export interface ChainToRead {
  readonly chainId: string;
  /** The last record read, and the mark's revision; absent: none was. */
  readonly mark?: { readonly sequence: number; readonly revision: number };
}

export interface UsageReader {
  /** A key's last use, as far as the audit log has been read. */
  findKeyUsage(accountId: string, region: string, keyId: string): Promise<KeyUsageRow | undefined>;
  /** Those of these keys that exist, at most a few hundred. */
  listKeyUsages(accountId: string, region: string, keyIds: readonly string[]): Promise<readonly KnownUsage[]>;
  findAccessKeyUsage(accessKeyId: string): Promise<AccessKeyUsageRow | undefined>;
  /** Those of these access keys that exist, at most a few hundred. */
  listAccessKeyUsages(accessKeyIds: readonly string[]): Promise<readonly KnownAccessKeyUsage[]>;
  /** Chains that have grown since they were read, and were not read after `readBeforeMs`. Ordered by chain id. */
  listChainsToReadForUsage(readBeforeMs: number, limit: number): Promise<readonly ChainToRead[]>;
  /** Time of the oldest record that was not read for uses of keys; undefined when every record was. */
  findUnreadForUsageSince(): Promise<number | undefined>;
}
