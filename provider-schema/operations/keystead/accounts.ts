/** Further accounts beside the first. */
import type { OperationRecord } from '../../records.ts';
import { account } from '../targets.ts';

export const accountsOperations = {
  CreateAccount: {
    name: 'CreateAccount',
    summary:
      "Creates a further account with its root user's access key, shown this once. For the first account's root user.",
    status: 'implemented',
    service: 'keystead',
    input: 'CreateAccountRequest',
    output: 'CreateAccountResponse',
    targets: [account('keystead:CreateAccount')],
    grantable: false,
    effect: 'write',
    accessLevel: 'Write',
    errors: ['EntityAlreadyExistsException', 'KMSInternalException'],
    rest: { method: 'POST', path: '/v1/accounts', successStatus: 201 },
  },
  ListAccounts: {
    name: 'ListAccounts',
    summary: "Lists the accounts of the installation. For the first account's root user.",
    status: 'implemented',
    service: 'keystead',
    input: 'ListAccountsRequest',
    output: 'ListAccountsResponse',
    targets: [account('keystead:ListAccounts')],
    grantable: false,
    effect: 'read',
    accessLevel: 'List',
    errors: ['KMSInternalException'],
    rest: { method: 'GET', path: '/v1/accounts', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
