/** Public keys of identity providers, for installations that cannot fetch them. */
import { keystead } from '../apis.ts';
import { identity } from '../targets.ts';

export const oidcProviderKeysOperations = keystead({
  PutOpenIDConnectProviderKeys: {
    summary:
      "Sets where a provider's public keys come from: a key set given here, a URL, or the provider's discovery document.",
    output: null,
    targets: [identity('oidc-provider', { action: 'iam:UpdateOpenIDConnectProviderThumbprint' })],
    accessLevel: 'Write',
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
