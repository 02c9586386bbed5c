/** Ephemeral resource `aws_kms_secrets`: one Decrypt for each secret. */
import { aws_kms_secrets as record } from '@keystead/provider-schema/ephemeral-resources/index.ts';
import type { Client } from '../client/client.ts';
import type { EphemeralResourceType } from '../engine/resource.ts';
import { decryptSecrets } from '../resources/shared/decrypt.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';

const ofBytes = 'Only the ephemeral resource aws_kms_data_key can give such bytes, in base64.';

export const awsKmsSecretsEphemeral: EphemeralResourceType<Client> = {
  record,

  async open(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    return { result: { ...config, plaintext: await decryptSecrets(client, region, config.secret, ofBytes), region } };
  },
};
