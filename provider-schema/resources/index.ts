/** Every resource, by type; data sources and the provider block are handed on, so one import brings all records. */
import type { TerraformRecord } from '../terraform.ts';
import { awsKmsAlias } from './aws-kms-alias.ts';
import { awsKmsCustomKeyStore } from './aws-kms-custom-key-store.ts';
import { awsKmsExternalKey } from './aws-kms-external-key.ts';
import { awsKmsGrant } from './aws-kms-grant.ts';
import { awsKmsKey } from './aws-kms-key.ts';
import { awsKmsKeyPolicy } from './aws-kms-key-policy.ts';
import { awsKmsReplicaExternalKey } from './aws-kms-replica-external-key.ts';
import { awsKmsReplicaKey } from './aws-kms-replica-key.ts';

export { dataSources } from '../data-sources/index.ts';
export { providerRecord } from '../provider.ts';

export const resources = {
  aws_kms_alias: awsKmsAlias,
  aws_kms_custom_key_store: awsKmsCustomKeyStore,
  aws_kms_external_key: awsKmsExternalKey,
  aws_kms_grant: awsKmsGrant,
  aws_kms_key: awsKmsKey,
  aws_kms_key_policy: awsKmsKeyPolicy,
  aws_kms_replica_external_key: awsKmsReplicaExternalKey,
  aws_kms_replica_key: awsKmsReplicaKey,
} as const satisfies Record<string, TerraformRecord>;

export type ResourceTypeName = keyof typeof resources;
