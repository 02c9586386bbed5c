/** Multi-Region keys. */
import type { OperationRecord } from '../../records.ts';
import { replicableKey, usableKey } from '../states.ts';
import { account, key } from '../targets.ts';

export const multiRegionOperations = {
  ReplicateKey: {
    name: 'ReplicateKey',
    summary: 'Creates a replica of a multi-Region primary key in another Region.',
    status: 'implemented',
    service: 'kms',
    input: 'ReplicateKeyRequest',
    output: 'ReplicateKeyResponse',
    targets: [
      key('kms:ReplicateKey', replicableKey),
      account('kms:CreateKey', { region: 'ReplicaRegion' }),
      account('kms:TagResource', { region: 'ReplicaRegion', when: 'Tags' }),
    ],
    grantable: false,
    effect: 'write',
    accessLevel: 'Write',
    errors: [
      'AlreadyExistsException',
      'DisabledException',
      'InvalidArnException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'LimitExceededException',
      'MalformedPolicyDocumentException',
      'NotFoundException',
      'TagException',
      'UnsupportedOperationException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/replicate', successStatus: 201 },
  },
  UpdatePrimaryRegion: {
    name: 'UpdatePrimaryRegion',
    summary: 'Makes a replica key the primary key, and the primary key a replica.',
    status: 'implemented',
    service: 'kms',
    input: 'UpdatePrimaryRegionRequest',
    output: null,
    targets: [key('kms:UpdatePrimaryRegion', usableKey)],
    grantable: false,
    effect: 'write',
    accessLevel: 'Write',
    errors: [
      'DisabledException',
      'InvalidArnException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'NotFoundException',
      'UnsupportedOperationException',
    ],
    rest: { method: 'PUT', path: '/v1/keys/{KeyId}/primary-region', successStatus: 204 },
  },
} as const satisfies Record<string, OperationRecord>;
