/** Every data source, a line for each. */
export { awsCallerIdentityData } from './aws-caller-identity.ts';
export { awsKmsAliasData } from './aws-kms-alias.ts';
export { awsKmsCustomKeyStoreData } from './aws-kms-custom-key-store.ts';
export { awsKmsKeyData } from './aws-kms-key.ts';
