/** Data source `aws_kms_secrets`: one Decrypt for each secret. */
import { awsKmsSecretsData as record } from '@keystead/provider-schema/data-sources/aws-kms-secrets.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { decryptSecrets } from '../resources/shared/decrypt.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';

const ofBytes = 'Encrypt the base64 of the bytes instead, and decode it with base64decode().';

export const awsKmsSecretsData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const plaintext = await decryptSecrets(client, region, config.secret, ofBytes);
    return { ...config, id: region, plaintext, region };
  },
};
