/** Action `aws_kms_rotate_key`: RotateKeyOnDemand. It does not change when the key is rotated next by its period. */
import { aws_kms_rotate_key as record } from '@keystead/provider-schema/actions/index.ts';
import type { Client } from '../client/client.ts';
import type { ActionType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { keyIdOf } from '../resources/shared/keys.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { requireText } from '../resources/shared/values.ts';

export const awsKmsRotateKeyAction: ActionType<Client> = {
  record,

  async invoke(client, config, progress) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const keyId = keyIdOf(requireText(config, 'key_id'));
    await attempt(`rotating KMS Key (${keyId})`, ['key_id'], () =>
      client.call('RotateKeyOnDemand', { KeyId: keyId }, region),
    );
    progress(`KMS Key ${keyId} has new key material in ${region}.`);
  },
};
