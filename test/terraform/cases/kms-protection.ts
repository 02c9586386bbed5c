/** `deletion_protection` and `construct_path`, on every resource for a key; what it refuses is in test/e2e/terraform-deletion-protection.test.ts. */
import type { TypeCase } from '../case.ts';
import { text } from './hcl.ts';
import { deleteKey, deleteReplica, recoverReplica } from './kms-parts.ts';

const declared = 'construct_path = "stack/orders/key"';
const renamed = 'construct_path = "stack/shop/key"';

/** Protected when it is made, and given up before it goes. */
function protectedKey(
  type: string,
  needed: string,
  rest: Pick<TypeCase, 'around' | 'deleteByHand' | 'recover' | 'secrets'>,
): TypeCase {
  return {
    type,
    variant: 'protected',
    isOurs: true,
    body: `${needed}\ndeletion_protection = true`,
    state: { construct_path: null, deletion_protection: true },
    changes: [
      { body: `${needed}\ndeletion_protection = false`, how: 'update', of: ['deletion_protection'] },
      {
        body: `${needed}\ndeletion_protection = true\n${declared}`,
        how: 'update',
        of: ['construct_path', 'deletion_protection'],
      },
      { body: `${needed}\ndeletion_protection = true\n${renamed}`, how: 'update', of: ['construct_path'] },
      {
        body: `${needed}\ndescription = "given up"`,
        how: 'update',
        of: ['construct_path', 'deletion_protection', 'description'],
      },
    ],
    // What is wrong is planned without the keys around it.
    refused: needed === '' ? [['construct_path', `construct_path = "${'a'.repeat(2049)}"`]] : [],
    importId: (state) => text(state, 'id'),
    ...rest,
  };
}

const primary = (type: string): string =>
  `resource "${type}" "primary_of_protected" {\n  multi_region = true\n  ${type === 'aws_kms_key' ? '' : material}\n}`;
const material = `enabled = true\n  key_material_base64 = "${Buffer.alloc(32, 8).toString('base64')}"`;
const replicaOf = (type: string): string => `provider = aws.west\nprimary_key_arn = ${type}.primary_of_protected.arn`;
const gone = { deleteByHand: deleteReplica, recover: recoverReplica };

export const protectedKeyCase = protectedKey('aws_kms_key', '', { deleteByHand: deleteKey });
export const protectedExternalKey = protectedKey('aws_kms_external_key', '', { deleteByHand: deleteKey });
export const protectedReplica = protectedKey('aws_kms_replica_key', replicaOf('aws_kms_key'), {
  around: primary('aws_kms_key'),
  ...gone,
});
export const protectedExternalReplica = protectedKey(
  'aws_kms_replica_external_key',
  replicaOf('aws_kms_external_key'),
  { around: primary('aws_kms_external_key'), secrets: ['key_material_base64'], ...gone },
);
