/** Every resource, a line for each. */
export { awsKmsAlias } from './aws-kms-alias.ts';
export { awsKmsCustomKeyStore } from './aws-kms-custom-key-store.ts';
export { awsKmsExternalKey } from './aws-kms-external-key.ts';
export { awsKmsGrant } from './aws-kms-grant.ts';
export { awsKmsKey } from './aws-kms-key.ts';
export { awsKmsKeyPolicy } from './aws-kms-key-policy.ts';
export { awsKmsReplicaExternalKey } from './aws-kms-replica-external-key.ts';
export { awsKmsReplicaKey } from './aws-kms-replica-key.ts';
export { kmsDataKeyWithoutPlaintext } from './kms-data-key-without-plaintext.ts';
