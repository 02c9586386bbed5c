/** Tags. */
import type { OperationRecord } from '../../records.ts';
import { anyState, notPendingDeletion } from '../states.ts';
import { key } from '../targets.ts';

export const tagsOperations = {
  TagResource: {
    name: 'TagResource',
    summary: 'Adds tags to a KMS key, or changes their values.',
    status: 'implemented',
    service: 'kms',
    input: 'TagResourceRequest',
    output: null,
    targets: [key('kms:TagResource', notPendingDeletion)],
    grantable: false,
    effect: 'write',
    accessLevel: 'Tagging',
    errors: [
      'InvalidArnException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'LimitExceededException',
      'NotFoundException',
      'TagException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/tags', successStatus: 204 },
  },
  UntagResource: {
    name: 'UntagResource',
    summary: 'Removes tags from a KMS key.',
    status: 'implemented',
    service: 'kms',
    input: 'UntagResourceRequest',
    output: null,
    targets: [key('kms:UntagResource', notPendingDeletion)],
    grantable: false,
    effect: 'write',
    accessLevel: 'Tagging',
    errors: [
      'InvalidArnException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'NotFoundException',
      'TagException',
    ],
    rest: { method: 'DELETE', path: '/v1/keys/{KeyId}/tags', successStatus: 204 },
  },
  ListResourceTags: {
    name: 'ListResourceTags',
    summary: 'Lists the tags of a KMS key.',
    status: 'implemented',
    service: 'kms',
    input: 'ListResourceTagsRequest',
    output: 'ListResourceTagsResponse',
    targets: [key('kms:ListResourceTags', anyState)],
    grantable: false,
    effect: 'read',
    accessLevel: 'List',
    errors: ['InvalidArnException', 'InvalidMarkerException', 'KMSInternalException', 'NotFoundException'],
    rest: { method: 'GET', path: '/v1/keys/{KeyId}/tags', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
