/** Deletion of keys, which always waits. */
import type { OperationRecord } from '../../records.ts';
import { deletableKey, pendingDeletionOnly } from '../states.ts';
import { key } from '../targets.ts';

export const deletionOperations = {
  ScheduleKeyDeletion: {
    name: 'ScheduleKeyDeletion',
    summary: 'Schedules the deletion of a KMS key after a waiting period.',
    status: 'implemented',
    service: 'kms',
    input: 'ScheduleKeyDeletionRequest',
    output: 'ScheduleKeyDeletionResponse',
    targets: [key('kms:ScheduleKeyDeletion', deletableKey)],
    grantable: false,
    effect: 'write',
    accessLevel: 'Write',
    errors: [
      'DependencyTimeoutException',
      'InvalidArnException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'NotFoundException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/schedule-deletion', successStatus: 200 },
  },
  CancelKeyDeletion: {
    name: 'CancelKeyDeletion',
    summary: 'Cancels the deletion of a KMS key; the key is then disabled.',
    status: 'implemented',
    service: 'kms',
    input: 'CancelKeyDeletionRequest',
    output: 'CancelKeyDeletionResponse',
    targets: [key('kms:CancelKeyDeletion', pendingDeletionOnly)],
    grantable: false,
    effect: 'write',
    accessLevel: 'Write',
    errors: [
      'DependencyTimeoutException',
      'InvalidArnException',
      'KMSInternalException',
      'KMSInvalidStateException',
      'NotFoundException',
    ],
    rest: { method: 'POST', path: '/v1/keys/{KeyId}/cancel-deletion', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
