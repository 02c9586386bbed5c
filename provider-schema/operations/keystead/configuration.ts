/** A key with all that belongs to it, in one call, for the Terraform provider and drift detection. */
import { keystead } from '../apis.ts';
import { anyState } from '../states.ts';
import { key } from '../targets.ts';

export const configurationOperations = keystead({
  GetKeyConfiguration: {
    summary: 'Returns everything about a KMS key: metadata, policy, tags, rotation, aliases, grants and revision.',
    targets: [
      key(anyState, { action: 'kms:DescribeKey', accepts: 'key-or-alias' }),
      key(anyState, { action: 'kms:GetKeyPolicy', accepts: 'key-or-alias' }),
      key(anyState, { action: 'kms:GetKeyRotationStatus', accepts: 'key-or-alias' }),
      key(anyState, { action: 'kms:ListGrants', accepts: 'key-or-alias' }),
      key(anyState, { action: 'kms:ListResourceTags', accepts: 'key-or-alias' }),
    ],
    accessLevel: 'Read',
    errors: ['InvalidArnException', 'NotFoundException'],
    rest: 'GET /v1/keys/{KeyId}/configuration',
  },
});
