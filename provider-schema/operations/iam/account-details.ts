/** What an account holds, counted and in full. Actions, names and errors are those of the AWS IAM API (2010-05-08). */
import type { OperationRecord } from '../../records.ts';
import { account } from '../targets.ts';

export const accountDetailsOperations = {
  GetAccountSummary: {
    name: 'GetAccountSummary',
    summary: 'Counts the identities of the account beside its quotas.',
    status: 'implemented',
    service: 'iam',
    input: 'GetAccountSummaryRequest',
    output: 'GetAccountSummaryResponse',
    targets: [account('iam:GetAccountSummary')],
    grantable: false,
    effect: 'read',
    accessLevel: 'List',
    errors: ['KMSInternalException'],
    rest: { method: 'GET', path: '/v1/account/summary', successStatus: 200 },
  },
  GetAccountAuthorizationDetails: {
    name: 'GetAccountAuthorizationDetails',
    summary: 'Lists users, groups, roles and policies of the account with all that bears on what they may do.',
    status: 'implemented',
    service: 'iam',
    input: 'GetAccountAuthorizationDetailsRequest',
    output: 'GetAccountAuthorizationDetailsResponse',
    targets: [account('iam:GetAccountAuthorizationDetails')],
    grantable: false,
    effect: 'read',
    accessLevel: 'List',
    errors: ['KMSInternalException'],
    rest: { method: 'GET', path: '/v1/account/authorization-details', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
