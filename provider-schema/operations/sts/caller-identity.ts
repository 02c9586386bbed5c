/** The caller's identity. */
import { sts } from '../apis.ts';

export const callerIdentityOperations = sts({
  GetCallerIdentity: {
    summary: 'Returns who signed the request. Does not need a permission.',
    targets: [],
    accessLevel: 'Read',
    rest: 'GET /v1/caller-identity',
  },
});
