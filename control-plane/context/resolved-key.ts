/** Keys as the pipeline found them for a request. */
import type { Grant } from '@keystead/policy/grants.ts';
import type { StoredKey } from '../storage/port/keys.ts';
import type { CustomKeyStoreRow } from '../storage/port/tables.ts';

/** A key that the request named and the pipeline found and authorized. */
export interface ResolvedKey extends StoredKey {
  readonly arn: string;
  /** The alias that the request named, if it named one. */
  readonly viaAlias?: string;
  /** An AWS managed key that does not exist yet: its policy decides, and it is created before its first use. */
  readonly notYetCreated?: true;
  /** The grant that allowed this use, if a grant did. */
  readonly byGrant?: Grant;
  /** The custom key store of the key; while it is not connected, the key's state here is Unavailable. */
  readonly keyStore?: CustomKeyStoreRow;
}

/**
 * Keys by input member (`KeyId`, `SourceKeyId`, `TargetKeyId`, …); the key of an existing alias by the alias's member.
 */
export type ResolvedKeys = Readonly<Record<string, ResolvedKey>>;
