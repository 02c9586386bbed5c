/**
 * `aws_kms_external_key`. Material is imported right after the key is made. Of changes, enabling is first, disabling
 * last.
 */
import { awsKmsExternalKey as record } from '@keystead/provider-schema/resources/aws-kms-external-key.ts';
import { createKey } from './shared/create-key.ts';
import { importedAttributes, materialTraits, refusal, refuseOtherOrigins } from './shared/key-material.ts';
import { keyResource } from './shared/key-resource.ts';
import type { KeyMetadata } from './shared/keys.ts';
import { textOf } from './shared/values.ts';

export const awsKmsExternalKey = keyResource({
  record,
  title: 'KMS External Key',
  ...materialTraits,

  make: (client, planned, region) =>
    createKey(client, planned, region, { Origin: 'EXTERNAL', KeySpec: textOf(planned, 'key_spec') }),

  refuse(metadata) {
    refuseOtherOrigins(metadata, record.type);
    refuseReplica(metadata);
  },

  attributes: ({ KeyMetadata: metadata }) => ({
    description: metadata.Description ?? '',
    ...importedAttributes(metadata),
    key_spec: metadata.KeySpec ?? null,
    multi_region: metadata.MultiRegion ?? false,
  }),
});

function refuseReplica({ KeyId, MultiRegionConfiguration: regions }: KeyMetadata): void {
  if (regions === undefined || regions.MultiRegionKeyType === 'PRIMARY') return;
  throw refusal(
    KeyId,
    record.type,
    `It is a multi-Region replica; its primary key is ${regions.PrimaryKey?.Arn}. Manage a replica as ` +
      'aws_kms_replica_external_key; if the primary key was moved to another Region, remove this resource from the ' +
      'state and import both keys again.',
  );
}
