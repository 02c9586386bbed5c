/** Every data source, exported under its Terraform type. */
export { awsCallerIdentityData as aws_caller_identity } from './aws-caller-identity.ts';
export { awsKmsAliasData as aws_kms_alias } from './aws-kms-alias.ts';
export { awsKmsCustomKeyStoreData as aws_kms_custom_key_store } from './aws-kms-custom-key-store.ts';
export { awsKmsKeyData as aws_kms_key } from './aws-kms-key.ts';
