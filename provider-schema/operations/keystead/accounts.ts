/** Accounts beside the first. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const accountsOperations = keystead({
  CreateAccount: {
    summary:
      "Creates an account and its root user's access key, shown only once. Only for the first account's root user.",
    targets: [account()],
    accessLevel: 'Write',
    errors: ['EntityAlreadyExistsException'],
    rest: 'POST /v1/accounts',
    creates: true,
  },
  ListAccounts: {
    summary: "Lists the accounts of the installation. Only for the first account's root user.",
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/accounts',
  },
});
