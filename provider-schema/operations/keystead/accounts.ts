/** Accounts beside the first, and the organizations of accounts. */
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
  PutAccountOrganization: {
    summary:
      "Sets the organization of an account and the account's paths in it, for aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:ResourceOrgID and aws:ResourceOrgPaths. Only for the first account's root user.",
    output: null,
    targets: [account()],
    accessLevel: 'Permissions management',
    errors: ['InvalidInputException', 'NoSuchEntityException'],
    rest: 'PUT /v1/accounts/{AccountId}/organization',
  },
  DeleteAccountOrganization: {
    summary: "Takes an account out of its organization. Only for the first account's root user.",
    output: null,
    targets: [account()],
    accessLevel: 'Permissions management',
    errors: ['NoSuchEntityException'],
    rest: 'DELETE /v1/accounts/{AccountId}/organization',
  },
});
