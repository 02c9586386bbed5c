/** Data source `aws_kms_ciphertext`. Each read encrypts again, so the ciphertext is another one each time. */
import { awsKmsCiphertextData as record } from '@keystead/provider-schema/data-sources/aws-kms-ciphertext.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { requireText, textMapOf } from '../resources/shared/values.ts';

export const awsKmsCiphertextData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const KeyId = requireText(config, 'key_id');
    const Plaintext = Buffer.from(String(config.plaintext)).toString('base64');
    const EncryptionContext = Object.fromEntries(textMapOf(config, 'context'));
    const answer = await attempt(`encrypting with KMS Key (${KeyId})`, ['key_id'], () =>
      client.call('Encrypt', { KeyId, Plaintext, EncryptionContext }, region),
    );
    return { ...config, ciphertext_blob: answer.CiphertextBlob ?? null, id: answer.KeyId ?? null, region };
  },
};
