/** Sessions: temporary credentials. */
import { sts } from '../apis.ts';
import { sessionPolicyErrors } from '../error-groups.ts';
import { account } from '../targets.ts';

export const sessionsOperations = sts({
  AssumeRole: {
    summary: "Opens a session of a role, if the role's trust policy and the caller's policies allow it.",
    targets: [],
    accessLevel: 'Write',
    effect: 'read',
    errors: sessionPolicyErrors,
    rest: 'POST /v1/sessions/assume-role',
  },
  AssumeRoleWithWebIdentity: {
    summary: "Opens a session of a role for the bearer of an identity provider's token. Does not need a signature.",
    unsigned: true,
    targets: [],
    accessLevel: 'Write',
    effect: 'read',
    errors: [
      ...sessionPolicyErrors,
      'ExpiredIdentityTokenException',
      'IDPCommunicationErrorException',
      'IDPRejectedClaimException',
      'InvalidIdentityTokenException',
    ],
    rest: 'POST /v1/sessions/assume-role-with-web-identity',
  },
  GetSessionToken: {
    summary: 'Opens a session of the calling user or root user. Does not need a permission.',
    targets: [],
    accessLevel: 'Read',
    rest: 'POST /v1/sessions/session-token',
  },
  GetAccessKeyInfo: {
    summary: 'Returns the account of an access key.',
    targets: [account()],
    accessLevel: 'Read',
    rest: 'GET /v1/access-keys/{AccessKeyId}/account',
  },
  DecodeAuthorizationMessage: {
    summary: 'Always refused: authorization messages are not encoded here, and name the missing permission.',
    targets: [account()],
    accessLevel: 'Write',
    effect: 'read',
    errors: ['InvalidAuthorizationMessageException'],
    rest: 'POST /v1/sessions/decode-authorization-message',
  },
});
