/**
 * Who signs requests: access keys and the signing keys derived from them. The access key row is read on every request,
 * so a deactivated key or deleted principal loses access at once; only the derivation in the hsm is remembered, keyed
 * by the very bytes it came from.
 */
import type { Authority } from './auth/authority.ts';
import type { Principal } from './auth/principal.ts';
import { createAuthorities } from './authorities.ts';
import type { Hsm } from './hsm/hsm.ts';
import type { StoreReader } from './storage/store.ts';
import type { AccessKeyRow, PrincipalRow } from './storage/tables.ts';

export interface SigningScope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface KnownCaller {
  readonly principal: Principal;
  readonly authority: Authority;
  /** SigV4 signing key for the scope. */
  readonly signingKey: Uint8Array;
}

export interface Callers {
  /** undefined: no such access key, or an inactive one. */
  find(accessKeyId: string, scope: SigningScope): Promise<KnownCaller | undefined>;
}

const REMEMBERED_SIGNING_KEYS = 4096;

export function createCallers(store: StoreReader, hsm: Hsm): Callers {
  /** Insertion order is age; the oldest goes first. */
  const derived = new Map<string, { readonly wrapped: Uint8Array; readonly signingKey: Uint8Array }>();
  const authorities = createAuthorities(store);
  const signingKeyOf = async (row: AccessKeyRow, scope: SigningScope): Promise<Uint8Array> => {
    const name = [row.access_key_id, scope.date, scope.region, scope.service].join('/');
    const known = derived.get(name);
    if (known && Buffer.compare(known.wrapped, row.wrapped_secret) === 0) return known.signingKey;
    const secret = { accountId: row.account_id, accessKeyId: row.access_key_id, wrapped: row.wrapped_secret };
    const signingKey = await hsm.deriveSigningKey({ secret, ...scope });
    derived.delete(name);
    derived.set(name, { wrapped: row.wrapped_secret, signingKey });
    if (derived.size > REMEMBERED_SIGNING_KEYS) derived.delete(derived.keys().next().value as string);
    return signingKey;
  };
  return {
    async find(accessKeyId, scope) {
      const row = await store.findAccessKey(accessKeyId);
      const principal = row && principalOf(row.principal);
      if (row?.status !== 'Active' || !principal) return undefined;
      const signingKey = await signingKeyOf(row, scope);
      return { principal, authority: await authorities.of(row), signingKey };
    },
  };
}

/** undefined for a role: it has no access keys of its own, only sessions. */
function principalOf(row: PrincipalRow): Principal | undefined {
  const common = { accountId: row.account_id, arn: row.arn, principalId: row.principal_id };
  switch (row.kind) {
    case 'root':
      return { kind: 'root', ...common };
    case 'user':
      return { kind: 'user', userName: row.name, ...common };
    case 'aws-service':
      return { kind: 'aws-service', ...common, arn: row.name };
    case 'role':
      return undefined;
  }
}
