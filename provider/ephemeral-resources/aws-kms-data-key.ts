/** Ephemeral resource `aws_kms_data_key`: GenerateDataKey, or Decrypt of a data key that was made before. */
import { aws_kms_data_key as record } from '@keystead/provider-schema/ephemeral-resources/index.ts';
import type { InputJson } from '@keystead/provider-schema/json-types.ts';
import type { Client } from '../client/client.ts';
import type { EphemeralResourceType } from '../engine/resource.ts';
import type { ObjectValue } from '../engine/value.ts';
import { contextOf, decrypt } from '../resources/shared/decrypt.ts';
import { attempt } from '../resources/shared/failures.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { numberOf, requireText, textOf } from '../resources/shared/values.ts';

type DataKeySpec = InputJson<'GenerateDataKey'>['KeySpec'];

export const awsKmsDataKeyEphemeral: EphemeralResourceType<Client> = {
  record,

  async open(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const isGiven = textOf(config, 'ciphertext_blob') !== undefined;
    const { CiphertextBlob, KeyId, Plaintext } = isGiven
      ? await reopen(client, region, config)
      : await generate(client, region, config);
    return {
      result: {
        ...config,
        ciphertext_blob: CiphertextBlob ?? null,
        key_arn: KeyId ?? null,
        plaintext_base64: Plaintext ?? null,
        region,
      },
    };
  },
};

function generate(client: Client, region: string, config: ObjectValue) {
  const keyId = requireText(config, 'key_id');
  const size = numberOf(config, 'number_of_bytes');
  const spec = (textOf(config, 'key_spec') ?? 'AES_256') as DataKeySpec;
  const kind = size === undefined ? { KeySpec: spec } : { NumberOfBytes: size };
  return attempt(`making a data key under KMS Key (${keyId})`, ['key_id'], () =>
    client.call('GenerateDataKey', { KeyId: keyId, ...kind, ...contextOf(config) }, region),
  );
}

async function reopen(client: Client, region: string, config: ObjectValue) {
  const doing = `decrypting a data key under KMS Key (${requireText(config, 'key_id')})`;
  const subject = { doing, path: ['ciphertext_blob'], blob: 'ciphertext_blob', of: config };
  const opened = await decrypt(client, region, subject);
  return { ...opened, CiphertextBlob: requireText(config, 'ciphertext_blob') };
}
