/** Tags. */
import { kms } from '../apis.ts';
import { anyState, notPendingDeletion } from '../states.ts';
import { key } from '../targets.ts';

export const tagsOperations = kms({
  TagResource: {
    summary: 'Adds tags to a KMS key, or changes their values.',
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: 'Tagging',
    errors: [
      'InvalidArnException',
      'KMSInvalidStateException',
      'LimitExceededException',
      'NotFoundException',
      'TagException',
    ],
    rest: 'POST /v1/keys/{KeyId}/tags',
  },
  UntagResource: {
    summary: 'Removes tags from a KMS key.',
    output: null,
    targets: [key(notPendingDeletion)],
    accessLevel: 'Tagging',
    errors: ['InvalidArnException', 'KMSInvalidStateException', 'NotFoundException', 'TagException'],
    rest: 'DELETE /v1/keys/{KeyId}/tags',
  },
  ListResourceTags: {
    summary: 'Lists the tags of a KMS key.',
    targets: [key(anyState)],
    accessLevel: 'List',
    errors: ['InvalidArnException', 'InvalidMarkerException', 'NotFoundException'],
    rest: 'GET /v1/keys/{KeyId}/tags',
  },
});
