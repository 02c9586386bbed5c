/** Every ephemeral resource, exported under its Terraform type. */
export { awsKmsDataKeyEphemeral as aws_kms_data_key } from './aws-kms-data-key.ts';
export { awsKmsSecretsEphemeral as aws_kms_secrets } from './aws-kms-secrets.ts';
