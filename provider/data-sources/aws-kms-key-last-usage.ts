/** Data source `aws_kms_key_last_usage`. */
import { awsKmsKeyLastUsageData as record } from '@keystead/provider-schema/data-sources/aws-kms-key-last-usage.ts';
import type { Client } from '../client/client.ts';
import type { DataSourceType } from '../engine/resource.ts';
import { attempt } from '../resources/shared/failures.ts';
import { keyIdOf } from '../resources/shared/keys.ts';
import { planRegion, regionOf } from '../resources/shared/region.ts';
import { requireText } from '../resources/shared/values.ts';
import { rfc3339 } from './times.ts';

export const awsKmsKeyLastUsageData: DataSourceType<Client> = {
  record,

  async read(client, config) {
    planRegion(client, config);
    const region = regionOf(client, config);
    const KeyId = requireText(config, 'key_id');
    const answer = await attempt(`reading the last use of KMS Key (${KeyId})`, ['key_id'], () =>
      client.read('GetKeyLastUsage', { KeyId }, region),
    );
    const use = answer.KeyLastUsage;
    return {
      key_creation_date: rfc3339(answer.KeyCreationDate),
      key_id: keyIdOf(KeyId),
      key_last_usage:
        use?.Operation === undefined
          ? []
          : [
              {
                cloud_trail_event_id: use.CloudTrailEventId ?? null,
                kms_request_id: use.KmsRequestId ?? null,
                operation: use.Operation,
                timestamp: rfc3339(use.Timestamp),
              },
            ],
      region,
      tracking_start_date: rfc3339(answer.TrackingStartDate),
    };
  },
};
