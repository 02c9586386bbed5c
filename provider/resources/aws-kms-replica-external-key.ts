/** `aws_kms_replica_external_key`. Made in the Region of its primary key, it imports the same material in its own. */
import { awsKmsReplicaExternalKey as record } from '@keystead/provider-schema/resources/aws-kms-replica-external-key.ts';
import { importedAttributes, materialTraits, refusal, refuseOtherOrigins } from './shared/key-material.ts';
import { keyResource } from './shared/key-resource.ts';
import { replicaTraits } from './shared/replicas.ts';

export const awsKmsReplicaExternalKey = keyResource({
  record,
  title: 'KMS Replica External Key',
  ...replicaTraits,
  ...materialTraits,

  refuse(metadata) {
    refuseOtherOrigins(metadata, record.type);
    if (metadata.MultiRegionConfiguration?.MultiRegionKeyType === 'REPLICA') return;
    throw refusal(
      metadata.KeyId,
      record.type,
      'In this Region it is not a multi-Region replica key. Manage it as aws_kms_external_key, or correct the id and its Region.',
    );
  },

  attributes: ({ KeyMetadata: metadata }) => ({
    description: metadata.Description ?? '',
    ...importedAttributes(metadata),
    primary_key_arn: metadata.MultiRegionConfiguration?.PrimaryKey?.Arn ?? null,
  }),
});
