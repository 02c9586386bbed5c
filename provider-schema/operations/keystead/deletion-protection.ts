/**
 * Deletion protection of keys. The actions are not those of ScheduleKeyDeletion, so that whoever can delete a key need
 * not be able to lift its protection.
 */
import { keystead } from '../apis.ts';
import { keyErrors, keyStateErrors } from '../error-groups.ts';
import { anyState, notPendingDeletion } from '../states.ts';
import { key } from '../targets.ts';

export const deletionProtectionOperations = keystead({
  ProtectKey: {
    summary:
      'Protects a KMS key in its Region: its deletion cannot be scheduled, and key material that it has used cannot be deleted.',
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: 'Write',
    errors: keyStateErrors,
    rest: 'PUT /v1/keys/{KeyId}/deletion-protection',
  },
  UnprotectKey: {
    summary: 'Lifts the deletion protection of a KMS key in its Region.',
    output: null,
    targets: [key(anyState)],
    accessLevel: 'Write',
    errors: keyErrors,
    rest: 'DELETE /v1/keys/{KeyId}/deletion-protection',
  },
});
