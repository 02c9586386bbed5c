/**
 * Where an identity provider's keys come from: a given key set, a URL, or the provider's discovery document. The
 * operations are Keystead's own.
 */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { oidcProviderKeysOperations } from '@keystead/provider-schema/operations/keystead/oidc-provider-keys.ts';
import type { OidcProviderRow } from '../../storage/port/tables.ts';
import { identityRead, identityWrite } from '../iam/identity-change.ts';
import { invalidInput, requireProvider, updatedProvider } from '../iam/oidc-providers.ts';
import type { Implementations } from '../shared/implementation.ts';

const putOpenIDConnectProviderKeys = identityWrite('PutOpenIDConnectProviderKeys', async (ctx, input) => {
  const row = await requireProvider(ctx, input.OpenIDConnectProviderArn);
  const { Jwks, JwksUri } = input;
  if (Jwks !== undefined && JwksUri !== undefined) throw invalidInput('Give Jwks or JwksUri, not both.');
  if (Jwks !== undefined) requireKeySet(Jwks);
  if (JwksUri !== undefined && !URL.canParse(JwksUri)) throw invalidInput('JwksUri is not a URL.');
  return updatedProvider(row, { jwks: Jwks ?? null, jwks_uri: JwksUri ?? null });
});

const getOpenIDConnectProviderKeys = identityRead<'GetOpenIDConnectProviderKeys'>(async (ctx, input) => {
  return keySourceOf(await requireProvider(ctx, input.OpenIDConnectProviderArn));
});

/** Empty: the keys come from the provider's discovery document. */
export function keySourceOf({ jwks, jwks_uri }: OidcProviderRow) {
  return defined({ Jwks: jwks ?? undefined, JwksUri: jwks_uri ?? undefined });
}

/** RFC 7517 section 5. */
function requireKeySet(text: string): void {
  let keys: unknown;
  try {
    ({ keys } = JSON.parse(text) as { keys?: unknown });
  } catch {
    keys = undefined;
  }
  if (!Array.isArray(keys) || keys.length === 0)
    throw invalidInput('Jwks is not a JSON Web Key Set with at least one key.');
}

export const oidcProviderKeysFunctions: Implementations<typeof oidcProviderKeysOperations> = {
  PutOpenIDConnectProviderKeys: putOpenIDConnectProviderKeys,
  GetOpenIDConnectProviderKeys: getOpenIDConnectProviderKeys,
};
