/** What a planned change of keys would break, before anybody approves it. */
import { keystead } from '../apis.ts';

export const plannedChangesOperations = keystead({
  ReviewPlannedChanges: {
    summary:
      'Returns what changes that somebody plans would break: who used a key lately, what depends on it, who would lose access by a policy. Changes nothing.',
    // Each key in the list is authorized for itself, so that the answer about one does not depend on the others.
    targets: [],
    accessLevel: 'Read',
    rest: 'POST /v1/planned-changes/review',
  },
});
