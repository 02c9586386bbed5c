/** Who the caller is. */
import { sts } from '../apis.ts';

export const callerIdentityOperations = sts({
  GetCallerIdentity: {
    summary: 'Tells who signed the request. Needs no permission.',
    targets: [],
    accessLevel: 'Read',
    rest: 'GET /v1/caller-identity',
  },
});
