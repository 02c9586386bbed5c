/** Public keys of identity providers, for installations that cannot fetch them. */
import { keystead } from '../apis.ts';
import { identity } from '../targets.ts';

export const oidcProviderKeysOperations = keystead({
  PutOpenIDConnectProviderKeys: {
    summary:
      "Sets where a provider's public keys come from: a key set given here, a URL, or the provider's discovery document.",
    output: null,
    // Not an action of IAM: whoever sets the keys can issue tokens for every subject of the provider.
    targets: [identity('oidc-provider')],
    accessLevel: 'Permissions management',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'PUT /v1/oidc-providers/{OpenIDConnectProviderArn}/keys',
  },
  GetOpenIDConnectProviderKeys: {
    summary: "Returns where a provider's public keys come from.",
    targets: [identity('oidc-provider', { action: 'iam:GetOpenIDConnectProvider' })],
    accessLevel: 'Read',
    errors: ['NoSuchEntityException'],
    rest: 'GET /v1/oidc-providers/{OpenIDConnectProviderArn}/keys',
  },
});
