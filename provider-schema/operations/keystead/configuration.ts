/** One key whole, in one call: what a provider and drift detection read. */
import type { OperationRecord } from '../../records.ts';
import { anyState } from '../states.ts';
import { key } from '../targets.ts';

export const configurationOperations = {
  GetKeyConfiguration: {
    name: 'GetKeyConfiguration',
    summary: 'Returns a KMS key whole: metadata, policy, tags, rotation, aliases, grants and revision.',
    status: 'implemented',
    service: 'keystead',
    input: 'GetKeyConfigurationRequest',
    output: 'GetKeyConfigurationResponse',
    targets: [
      key('kms:DescribeKey', anyState, { accepts: 'key-or-alias' }),
      key('kms:GetKeyPolicy', anyState, { accepts: 'key-or-alias' }),
      key('kms:GetKeyRotationStatus', anyState, { accepts: 'key-or-alias' }),
      key('kms:ListGrants', anyState, { accepts: 'key-or-alias' }),
      key('kms:ListResourceTags', anyState, { accepts: 'key-or-alias' }),
    ],
    grantable: false,
    effect: 'read',
    accessLevel: 'Read',
    errors: ['InvalidArnException', 'KMSInternalException', 'NotFoundException'],
    rest: { method: 'GET', path: '/v1/keys/{KeyId}/configuration', successStatus: 200 },
  },
} as const satisfies Record<string, OperationRecord>;
