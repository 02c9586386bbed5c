/** Every list resource, a line for each. */
export { awsKmsAliasList } from './aws-kms-alias.ts';
export { awsKmsKeyList } from './aws-kms-key.ts';
