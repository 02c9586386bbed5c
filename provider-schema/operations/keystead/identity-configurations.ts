/** All identities of an account in full, in few calls, for drift detection. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const identityConfigurationsOperations = keystead({
  ListIdentityConfigurations: {
    summary:
      'Lists the users, groups, roles, managed policies, identity providers and service principals of the account with everything that belongs to them; secrets are left out.',
    // What the parts of the answer need.
    targets: [
      account({ action: 'iam:GetAccountAuthorizationDetails' }),
      account({ action: 'iam:ListAccessKeys' }),
      account({ action: 'iam:GetOpenIDConnectProvider' }),
      account({ action: 'keystead:ListServicePrincipals' }),
    ],
    accessLevel: 'List',
    rest: 'GET /v1/account/identities',
  },
});
