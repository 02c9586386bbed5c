/** Keys as the pipeline found them for a request. */
import type { Grant } from '@keystead/policy/grants.ts';
import type { StoredKey } from '../storage/port/keys.ts';
import type { CustomKeyStoreRow } from '../storage/port/tables.ts';

/** A key that the request named and the pipeline found and authorized. */
export interface ResolvedKey extends StoredKey {
  readonly arn: string;
  /** The alias name used to address it, when one was. */
  readonly viaAlias?: string;
  /** An AWS managed key that nobody named before: its policy decides, and it is made before anything is done with it. */
  readonly notYetCreated?: true;
  /** The grant that allowed this use, when that was the reason. */
  readonly byGrant?: Grant;
  /** Of a key in a custom key store; while that is not connected, the key's state here is Unavailable. */
  readonly keyStore?: CustomKeyStoreRow;
}

/** Keys by input member (`KeyId`, `SourceKeyId`, `TargetKeyId`, …); an existing alias's key under the alias's member. */
export type ResolvedKeys = Readonly<Record<string, ResolvedKey>>;
