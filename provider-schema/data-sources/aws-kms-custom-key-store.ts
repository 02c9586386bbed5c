/** Data source `aws_kms_custom_key_store`. */
import { computedString, dataRegion } from '../attributes.ts';
import type { TerraformRecord } from '../terraform.ts';

export const awsKmsCustomKeyStoreData: TerraformRecord = {
  kind: 'data-source',
  type: 'aws_kms_custom_key_store',
  schemaVersion: 0,
  description: 'An existing custom key store. Without id and name: the only one in the region.',
  attributes: {
    cloud_hsm_cluster_id: computedString('Cluster of a key store of type AWS_CLOUDHSM.'),
    connection_state: computedString('State of the connection, such as CONNECTED or DISCONNECTED.'),
    creation_date: computedString('When the key store was created, RFC 3339.'),
    custom_key_store_id: {
      type: 'string',
      description: 'Id of the key store.',
      optional: true,
      computed: true,
      conflictsWith: ['custom_key_store_name'],
    },
    custom_key_store_name: {
      type: 'string',
      description: 'Name of the key store.',
      optional: true,
      computed: true,
      conflictsWith: ['custom_key_store_id'],
    },
    id: { type: 'string', description: 'Id of the key store.', optional: true, computed: true },
    region: dataRegion,
    trust_anchor_certificate: computedString("Certificate of the cluster's certificate authority, PEM."),
  },
};
