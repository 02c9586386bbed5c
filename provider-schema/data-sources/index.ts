/** Every data source, by type. */
import type { TerraformRecord } from '../terraform.ts';
import { awsCallerIdentityData } from './aws-caller-identity.ts';
import { awsKmsAliasData } from './aws-kms-alias.ts';
import { awsKmsCustomKeyStoreData } from './aws-kms-custom-key-store.ts';
import { awsKmsKeyData } from './aws-kms-key.ts';

export const dataSources = {
  aws_caller_identity: awsCallerIdentityData,
  aws_kms_alias: awsKmsAliasData,
  aws_kms_custom_key_store: awsKmsCustomKeyStoreData,
  aws_kms_key: awsKmsKeyData,
} as const satisfies Record<string, TerraformRecord>;

export type DataSourceTypeName = keyof typeof dataSources;
