/** The alias of an account: a name beside its id. */
import { iam } from '../apis.ts';
import { account } from '../targets.ts';

export const accountAliasesOperations = iam({
  CreateAccountAlias: {
    summary: 'Gives the account an alias, in place of the one it had.',
    output: null,
    targets: [account()],
    accessLevel: 'Write',
    errors: ['EntityAlreadyExistsException'],
    rest: 'POST /v1/account/aliases',
    creates: true,
  },
  ListAccountAliases: {
    summary: 'Lists the alias of the account, if it has one.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/account/aliases',
  },
  DeleteAccountAlias: {
    summary: 'Takes the alias from the account.',
    output: null,
    targets: [account()],
    accessLevel: 'Write',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/account/aliases/{AccountAlias}',
  },
});
