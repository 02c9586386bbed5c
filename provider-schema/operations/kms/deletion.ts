/** Deletion of keys, always after a waiting period. */
import { kms } from '../apis.ts';
import { keyStateErrors } from '../error-groups.ts';
import { deletableKey, pendingDeletionOnly } from '../states.ts';
import { key } from '../targets.ts';

export const deletionOperations = kms({
  ScheduleKeyDeletion: {
    summary: 'Schedules the deletion of a KMS key after a waiting period.',
    targets: [key(deletableKey)],
    accessLevel: 'Write',
    errors: keyStateErrors,
    rest: 'POST /v1/keys/{KeyId}/schedule-deletion',
  },
  CancelKeyDeletion: {
    summary: 'Cancels the deletion of a KMS key; the key is then disabled.',
    targets: [key(pendingDeletionOnly)],
    accessLevel: 'Write',
    errors: keyStateErrors,
    rest: 'POST /v1/keys/{KeyId}/cancel-deletion',
  },
});
