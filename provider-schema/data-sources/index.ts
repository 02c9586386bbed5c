/** Every data source under its type, a line for each: `import * as dataSources` has them all. */
export { awsCallerIdentityData as aws_caller_identity } from './aws-caller-identity.ts';
export { awsKmsAliasData as aws_kms_alias } from './aws-kms-alias.ts';
export { awsKmsCustomKeyStoreData as aws_kms_custom_key_store } from './aws-kms-custom-key-store.ts';
export { awsKmsKeyData as aws_kms_key } from './aws-kms-key.ts';
