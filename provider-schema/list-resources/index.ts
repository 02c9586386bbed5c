/** Every list resource, exported under its Terraform type. */
export { awsKmsAliasList as aws_kms_alias } from './aws-kms-alias.ts';
export { awsKmsKeyList as aws_kms_key } from './aws-kms-key.ts';
