/** Sessions: temporary credentials. */
import { sts } from '../apis.ts';
import { sessionPolicyErrors } from '../error-groups.ts';
import { account } from '../targets.ts';

export const sessionsOperations = sts({
  AssumeRole: {
    summary: "Opens a session of a role. The role's trust policy decides, beside what the caller may do.",
    targets: [],
    accessLevel: 'Write',
    effect: 'read',
    errors: sessionPolicyErrors,
    rest: 'POST /v1/sessions/assume-role',
  },
  AssumeRoleWithWebIdentity: {
    summary: "Opens a session of a role for the bearer of an identity provider's token. Needs no signature.",
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
    summary: 'Opens a session of the user or root user who asks. Needs no permission.',
    targets: [],
    accessLevel: 'Read',
    rest: 'POST /v1/sessions/session-token',
  },
  GetAccessKeyInfo: {
    summary: 'Tells the account of an access key.',
    targets: [account()],
    accessLevel: 'Read',
    rest: 'GET /v1/access-keys/{AccessKeyId}/account',
  },
  DecodeAuthorizationMessage: {
    summary: 'Always refuses: authorization messages here are not encoded, and say what was missing.',
    targets: [account()],
    accessLevel: 'Write',
    effect: 'read',
    errors: ['InvalidAuthorizationMessageException'],
    rest: 'POST /v1/sessions/decode-authorization-message',
  },
});
