/** Keystead's own change log, and up to where somebody accepted it. */
import { keystead } from '../apis.ts';
import { account } from '../targets.ts';

export const changesOperations = keystead({
  ListChanges: {
    summary: 'Lists the changes of declared state after a sequence number, oldest first.',
    targets: [account()],
    accessLevel: 'List',
    rest: 'GET /v1/changes',
  },
  AcceptChanges: {
    summary:
      'Records in the audit log that all changes up to a sequence number were meant: the baseline of later drift reports. Changes nothing else.',
    output: null,
    // Not part of any other action: whoever changes keys cannot also accept the change.
    targets: [account()],
    accessLevel: 'Write',
    rest: 'POST /v1/changes/accept',
  },
  AcceptOwnChanges: {
    summary:
      'Records the same, but only if every change since the last baseline of this name was made by the caller: a user, or a role in any of its sessions. Changes by the service itself count as own. Changes nothing else.',
    output: null,
    // For a pipeline: it accepts what it applied, and cannot accept what anybody else did.
    targets: [account()],
    accessLevel: 'Write',
    rest: 'POST /v1/changes/accept-own',
  },
});
