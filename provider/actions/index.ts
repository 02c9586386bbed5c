/** Every action, a line for each. */
export { awsKmsRotateKeyAction } from './aws-kms-rotate-key.ts';
