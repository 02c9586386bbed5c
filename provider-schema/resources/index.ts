/** Every resource, exported under its Terraform type. */
export { awsKmsAlias as aws_kms_alias } from './aws-kms-alias.ts';
export { awsKmsCustomKeyStore as aws_kms_custom_key_store } from './aws-kms-custom-key-store.ts';
export { awsKmsExternalKey as aws_kms_external_key } from './aws-kms-external-key.ts';
export { awsKmsGrant as aws_kms_grant } from './aws-kms-grant.ts';
export { awsKmsKey as aws_kms_key } from './aws-kms-key.ts';
export { awsKmsKeyPolicy as aws_kms_key_policy } from './aws-kms-key-policy.ts';
export { awsKmsReplicaExternalKey as aws_kms_replica_external_key } from './aws-kms-replica-external-key.ts';
export { awsKmsReplicaKey as aws_kms_replica_key } from './aws-kms-replica-key.ts';
export { kmsDataKeyWithoutPlaintext as kms_data_key_without_plaintext } from './kms-data-key-without-plaintext.ts';
