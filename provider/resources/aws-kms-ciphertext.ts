/** `aws_kms_ciphertext`. One Encrypt when it is made; nothing to read, change or delete later. */
import { awsKmsCiphertext as record } from '@keystead/provider-schema/resources/aws-kms-ciphertext.ts';
import type { Client } from '../client/client.ts';
import type { ResourceType } from '../engine/resource.ts';
import { attempt } from './shared/failures.ts';
import { planInRegion, regionOf } from './shared/region.ts';
import { requireText, secretOf, settle, textMapOf } from './shared/values.ts';

export const awsKmsCiphertext: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    return planInRegion(client, config, prior, proposed);
  },

  async create(client, planned, config) {
    const region = regionOf(client, planned);
    const keyId = requireText(planned, 'key_id');
    const context = textMapOf(planned, 'context');
    const { CiphertextBlob = null } = await attempt(`encrypting under KMS Key (${keyId})`, ['key_id'], () =>
      client.call(
        'Encrypt',
        {
          KeyId: keyId,
          Plaintext: Buffer.from(secretOf(config, 'plaintext') ?? '').toString('base64'),
          EncryptionContext: context.size === 0 ? undefined : Object.fromEntries(context),
        },
        region,
      ),
    );
    const made = { ciphertext_blob: CiphertextBlob, id: new Date().toISOString(), region };
    return { state: settle(planned, { ...planned, ...made }) };
  },

  async read(client, state) {
    return { ...state, region: regionOf(client, state) };
  },

  /** Reached only by a state without a Region, which gets one. */
  async update(_client, _prior, planned) {
    return { state: planned };
  },

  async remove() {},
};
