/** Multi-Region keys. */
import { kms } from '../apis.ts';
import { replicableKey, usableKey } from '../states.ts';
import { account, key } from '../targets.ts';

export const multiRegionOperations = kms({
  ReplicateKey: {
    summary: 'Creates a replica of a multi-Region primary key in another Region.',
    targets: [
      key(replicableKey),
      account({ action: 'kms:CreateKey', region: 'ReplicaRegion' }),
      account({ action: 'kms:TagResource', region: 'ReplicaRegion', when: 'Tags' }),
    ],
    accessLevel: 'Write',
    errors: [
      'AlreadyExistsException',
      'DisabledException',
      'InvalidArnException',
      'KMSInvalidStateException',
      'LimitExceededException',
      'MalformedPolicyDocumentException',
      'NotFoundException',
      'TagException',
      'UnsupportedOperationException',
    ],
    rest: 'POST /v1/keys/{KeyId}/replicate',
    creates: true,
  },
  UpdatePrimaryRegion: {
    summary: 'Makes a replica key the primary key, and the primary key a replica.',
    output: null,
    targets: [key(usableKey)],
    accessLevel: 'Write',
    errors: [
      'DisabledException',
      'InvalidArnException',
      'KMSInvalidStateException',
      'NotFoundException',
      'UnsupportedOperationException',
    ],
    rest: 'PUT /v1/keys/{KeyId}/primary-region',
  },
});
