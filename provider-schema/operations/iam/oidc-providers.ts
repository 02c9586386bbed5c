/** OpenID Connect providers, whose tokens open sessions without a stored secret. */
import { iam } from '../apis.ts';
import { identityChangeErrors } from '../error-groups.ts';
import { account, identity } from '../targets.ts';

export const oidcProvidersOperations = iam({
  CreateOpenIDConnectProvider: {
    summary: 'Registers an OpenID Connect provider, whose tokens open sessions of roles that trust it.',
    targets: [
      identity('oidc-provider', { member: 'Url', isNew: true }),
      identity('oidc-provider', { action: 'iam:TagOpenIDConnectProvider', member: 'Url', isNew: true, when: 'Tags' }),
    ],
    accessLevel: 'Write',
    errors: ['EntityAlreadyExistsException', 'InvalidInputException', 'LimitExceededException'],
    rest: 'POST /v1/oidc-providers',
    creates: true,
  },
  GetOpenIDConnectProvider: {
    summary: 'Describes an OpenID Connect provider.',
    targets: [identity('oidc-provider')],
    accessLevel: 'Read',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/oidc-providers/{OpenIDConnectProviderArn}',
  },
  ListOpenIDConnectProviders: {
    summary: 'Lists the OpenID Connect providers of the account.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/oidc-providers',
  },
  DeleteOpenIDConnectProvider: {
    summary: 'Removes an OpenID Connect provider.',
    output: null,
    targets: [identity('oidc-provider')],
    accessLevel: 'Write',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'DELETE /v1/oidc-providers/{OpenIDConnectProviderArn}',
  },
  AddClientIDToOpenIDConnectProvider: {
    summary: 'Adds an audience that tokens of a provider can have.',
    output: null,
    targets: [identity('oidc-provider')],
    accessLevel: 'Write',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'PUT /v1/oidc-providers/{OpenIDConnectProviderArn}/client-ids/{ClientID}',
  },
  RemoveClientIDFromOpenIDConnectProvider: {
    summary: 'Removes an audience.',
    output: null,
    targets: [identity('oidc-provider')],
    accessLevel: 'Write',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'DELETE /v1/oidc-providers/{OpenIDConnectProviderArn}/client-ids/{ClientID}',
  },
  UpdateOpenIDConnectProviderThumbprint: {
    summary: 'Replaces the certificate thumbprints of a provider.',
    output: null,
    targets: [identity('oidc-provider')],
    accessLevel: 'Write',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'PUT /v1/oidc-providers/{OpenIDConnectProviderArn}/thumbprints',
  },
  TagOpenIDConnectProvider: {
    summary: 'Adds tags to a provider or changes their values.',
    output: null,
    targets: [identity('oidc-provider')],
    accessLevel: 'Tagging',
    errors: [...identityChangeErrors, 'InvalidInputException'],
    rest: 'POST /v1/oidc-providers/{OpenIDConnectProviderArn}/tags',
  },
  UntagOpenIDConnectProvider: {
    summary: 'Removes tags from a provider.',
    output: null,
    targets: [identity('oidc-provider')],
    accessLevel: 'Tagging',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'DELETE /v1/oidc-providers/{OpenIDConnectProviderArn}/tags',
  },
  ListOpenIDConnectProviderTags: {
    summary: 'Lists the tags of a provider.',
    targets: [identity('oidc-provider')],
    accessLevel: 'List',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'GET /v1/oidc-providers/{OpenIDConnectProviderArn}/tags',
  },
});
