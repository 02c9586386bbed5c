/** Keystead's own change log. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const changesOperations = keystead({
  ListChanges: {
    summary: 'Lists the changes of declared state after a sequence number, oldest first.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/changes',
  },
});
