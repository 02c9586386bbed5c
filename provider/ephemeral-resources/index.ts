/** Every ephemeral resource, a line for each. */
export { awsKmsDataKeyEphemeral } from './aws-kms-data-key.ts';
export { awsKmsSecretsEphemeral } from './aws-kms-secrets.ts';
