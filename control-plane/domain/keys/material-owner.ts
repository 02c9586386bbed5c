/** The owner of key material: the columns of a key that its wrapping is bound to, in the terms of the Hsm port. */
import type { KeySpec } from '@keystead/provider-schema/vocabulary.ts';

export function materialOwner({
  shared,
}: {
  readonly shared: {
    readonly account_id: string;
    readonly domain_region: string;
    readonly key_id: string;
    readonly key_spec: KeySpec;
  };
}) {
  return {
    accountId: shared.account_id,
    domainRegion: shared.domain_region,
    keyId: shared.key_id,
    keySpec: shared.key_spec,
  };
}
