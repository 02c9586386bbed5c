/** The keys of identity providers, which Keystead can be given where it may not fetch them. */
import type { OperationRecord } from '../../records.ts';
import { identity } from '../targets.ts';

export const oidcProviderKeysOperations = {
  PutOpenIDConnectProviderKeys: {
    name: 'PutOpenIDConnectProviderKeys',
    summary:
      "Sets where a provider's public keys come from: a key set given here, a URL, or the provider's discovery document.",
    status: 'implemented',
    service: 'keystead',
    input: 'PutOpenIDConnectProviderKeysRequest',
    output: null,
    targets: [identity('iam:UpdateOpenIDConnectProviderThumbprint', 'oidc-provider', 'OpenIDConnectProviderArn')],
    grantable: false,
    effect: 'write',
    accessLevel: 'Write',
    errors: ['InvalidInputException', 'KMSInternalException', 'NoSuchEntityException'],
    rest: { method: 'PUT', path: '/v1/oidc-providers/{OpenIDConnectProviderArn}/keys', successStatus: 204 },
  },
  GetOpenIDConnectProviderKeys: {
    name: 'GetOpenIDConnectProviderKeys',
    summary: "Tells where a provider's public keys come from.",
    status: 'implemented',
    service: 'keystead',
    input: 'GetOpenIDConnectProviderKeysRequest',
    output: 'GetOpenIDConnectProviderKeysResponse',
    targets: [identity('iam:GetOpenIDConnectProvider', 'oidc-provider', 'OpenIDConnectProviderArn')],
    grantable: false,
    effect: 'read',
    accessLevel: 'Read',
    errors: ['KMSInternalException', 'NoSuchEntityException'],
    rest: { method: 'GET', path: '/v1/oidc-providers/{OpenIDConnectProviderArn}/keys', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
