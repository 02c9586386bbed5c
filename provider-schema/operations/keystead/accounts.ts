/** Further accounts beside the first. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const accountsOperations = keystead({
  CreateAccount: {
    summary:
      "Creates a further account with its root user's access key, shown this once. For the first account's root user.",
    targets: [account()],
    accessLevel: 'Write',
    errors: ['EntityAlreadyExistsException'],
    rest: 'POST /v1/accounts',
    creates: true,
  },
  ListAccounts: {
    summary: "Lists the accounts of the installation. For the first account's root user.",
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/accounts',
  },
});
