/** Data source `aws_kms_public_key`. */
import { awsKmsPublicKeyData as record } from '@keystead/provider-schema/data-sources/aws-kms-public-key.ts';
import { defined } from '@keystead/provider-schema/defined.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { requireText, textsOf } from '../resources/shared/values.ts';

export const awsKmsPublicKeyData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const KeyId = requireText(config, 'key_id');
    const tokens = textsOf(config, 'grant_tokens');
    const key = await attempt(`reading the public key of KMS Key (${KeyId})`, ['key_id'], () =>
      client.read(
        'GetPublicKey',
        { KeyId, ...defined({ GrantTokens: tokens.length === 0 ? undefined : tokens }) },
        region,
      ),
    );
    const der = key.PublicKey ?? '';
    return {
      ...config,
      arn: key.KeyId ?? null,
      customer_master_key_spec: key.KeySpec ?? null,
      encryption_algorithms: key.EncryptionAlgorithms ?? [],
      id: key.KeyId ?? null,
      key_usage: key.KeyUsage ?? null,
      public_key: der,
      public_key_pem: `-----BEGIN PUBLIC KEY-----\n${der.replace(/.{1,64}/g, '$&\n')}-----END PUBLIC KEY-----\n`,
      region,
      signing_algorithms: key.SigningAlgorithms ?? [],
    };
  },
};
