/** Every action, exported under its Terraform type. */
export { awsKmsRotateKeyAction as aws_kms_rotate_key } from './aws-kms-rotate-key.ts';
