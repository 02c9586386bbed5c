/** Data source `aws_kms_secret`: tells old configurations what took its place. */
import { awsKmsSecretData as record } from '@keystead/provider-schema/data-sources/aws-kms-secret.ts';
import type { Client } from '../client/client.ts';
import { type DataSourceType, DiagnosticError } from '../engine/resource.ts';

export const awsKmsSecretData: DataSourceType<Client> = {
  record,

  async read() {
    const detail =
      'Version 2 of the AWS provider replaced this data source by aws_kms_secrets. Rename it, and read the texts from ' +
      'plaintext["NAME"]; the secret blocks stay as they are.';
    throw new DiagnosticError([
      { severity: 'error', summary: 'aws_kms_secret was replaced by aws_kms_secrets', detail },
    ]);
  },
};
