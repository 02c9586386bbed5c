/** `aws_kms_replica_key`. Made in the Region of its primary key; from then on every call goes to its own Region. */
import { awsKmsReplicaKey as record } from '@keystead/provider-schema/resources/aws-kms-replica-key.ts';
import { DiagnosticError } from '../engine/resource.ts';
import { keyResource } from './shared/key-resource.ts';
import { descriptionStep, disableStep, enableStep, type KeyMetadata, policyStep } from './shared/keys.ts';
import { replicaTraits } from './shared/replicas.ts';

export const awsKmsReplicaKey = keyResource({
  record,
  title: 'KMS Replica Key',
  ...replicaTraits,

  firstSteps: (client, place, planned) => [disableStep(client, place, 'enabled', planned.enabled === false)],

  changeSteps: (client, place, prior, planned) => [
    enableStep(client, place, 'enabled', planned.enabled === true && prior.enabled !== true),
    descriptionStep(client, place, prior, planned),
    policyStep(client, place, prior, planned),
    disableStep(client, place, 'enabled', planned.enabled === false && prior.enabled !== false),
  ],

  refuse(metadata) {
    const problem = problemOf(metadata);
    if (problem === undefined) return;
    throw new DiagnosticError([
      {
        severity: 'error',
        summary: `KMS Key (${metadata.KeyId}) cannot be managed as aws_kms_replica_key`,
        detail: `In this Region ${problem}. Manage it as aws_kms_key, or correct the id and its Region.`,
        path: ['id'],
      },
    ]);
  },

  attributes: ({ KeyMetadata: metadata, RotationStatus: rotation }) => ({
    description: metadata.Description ?? '',
    enabled: metadata.Enabled ?? false,
    key_rotation_enabled: rotation.KeyRotationEnabled,
    key_spec: metadata.KeySpec ?? null,
    primary_key_arn: metadata.MultiRegionConfiguration?.PrimaryKey?.Arn ?? null,
  }),
});

function problemOf({ KeyManager, Origin, MultiRegionConfiguration: regions }: KeyMetadata): string | undefined {
  if (KeyManager !== undefined && KeyManager !== 'CUSTOMER') return `it is managed by ${KeyManager}`;
  if (Origin !== undefined && Origin !== 'AWS_KMS') return `its key material has origin ${Origin}`;
  return regions?.MultiRegionKeyType === 'REPLICA' ? undefined : 'it is not a multi-Region replica key';
}
