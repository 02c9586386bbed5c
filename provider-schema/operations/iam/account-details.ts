/** The identities and policies of an account: their numbers, and in full. */
import { iam } from '../apis.ts';
import { account } from '../targets.ts';

export const accountDetailsOperations = iam({
  GetAccountSummary: {
    summary: 'Counts the identities of the account beside its quotas.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/account/summary',
  },
  GetAccountAuthorizationDetails: {
    summary: 'Lists the users, groups, roles and policies of the account with their permissions.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/account/authorization-details',
  },
});
