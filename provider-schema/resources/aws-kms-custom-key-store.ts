/**
 * `aws_kms_custom_key_store`: a custom key store. Operators connect it, not Terraform: connecting is an action, not a
 * state.
 */
import { id, region, writeOnly } from '../attributes.ts';
import { legacyRecord } from '../legacy.ts';
import { values } from '../shapes/kms/values.ts';
import type { AttributeRecord, Validator } from '../terraform.ts';

const timeout: AttributeRecord = { type: 'string', description: 'Accepted and ignored.', optional: true };

const passwordLength: Validator = {
  check: 'length',
  min: values.KeyStorePasswordType.min,
  max: values.KeyStorePasswordType.max,
};

export const awsKmsCustomKeyStore = legacyRecord({
  kind: 'resource',
  type: 'aws_kms_custom_key_store',
  schemaVersion: 0,
  description: 'A custom key store: a PKCS#11 token, or a key manager behind an XKS proxy.',
  attributes: {
    cloud_hsm_cluster_id: {
      type: 'string',
      description: 'Cluster of a key store of type AWS_CLOUDHSM.',
      optional: true,
      forcesReplacement: true,
    },
    custom_key_store_name: {
      type: 'string',
      description: 'Name of the key store.',
      required: true,
      validators: [{ check: 'length', min: 1, max: values.CustomKeyStoreNameType.max }],
    },
    custom_key_store_type: {
      type: 'string',
      description: 'AWS_CLOUDHSM or EXTERNAL_KEY_STORE. AWS_CLOUDHSM when absent.',
      optional: true,
      computed: true,
      default: 'AWS_CLOUDHSM',
      forcesReplacement: true,
      validators: [{ check: 'one-of', values: values.CustomKeyStoreType.enum }],
    },
    id: id('Id of the key store.'),
    key_store_password: {
      type: 'string',
      description:
        "Password of the cluster's crypto user. Never read back. It is stored in the state; key_store_password_wo is not.",
      optional: true,
      sensitive: true,
      validators: [passwordLength],
    },
    ...writeOnly('key_store_password', "Password of the cluster's crypto user.", {
      change: 'sets the password again',
      own: true,
      value: { validators: [passwordLength], conflictsWith: ['key_store_password'] },
    }),
    region,
    trust_anchor_certificate: {
      type: 'string',
      description: "Certificate of the cluster's certificate authority, PEM.",
      optional: true,
      forcesReplacement: true,
    },
    xks_proxy_connectivity: {
      type: 'string',
      description: 'How the proxy of an external key store is reached.',
      optional: true,
      validators: [{ check: 'one-of', values: values.XksProxyConnectivityType.enum }],
    },
    xks_proxy_uri_endpoint: {
      type: 'string',
      description: 'Endpoint of the proxy, for example https://xks.example.com.',
      optional: true,
    },
    xks_proxy_uri_path: {
      type: 'string',
      description: 'Path of the proxy API, ending in /kms/xks/v1.',
      optional: true,
    },
    xks_proxy_vpc_endpoint_service_name: {
      type: 'string',
      description: 'Name of the VPC endpoint service of the proxy.',
      optional: true,
    },
  },
  blocks: {
    timeouts: {
      nesting: 'single',
      description: 'How long to wait.',
      attributes: { create: timeout, delete: timeout, update: timeout },
    },
    xks_proxy_authentication_credential: {
      nesting: 'list',
      maxItems: 1,
      description: 'Credential that requests to the proxy are signed with. Never read back.',
      attributes: {
        access_key_id: { type: 'string', description: 'Access key id.', required: true },
        raw_secret_access_key: {
          type: 'string',
          description: 'Secret access key. It is stored in the state; raw_secret_access_key_wo is not.',
          optional: true,
          sensitive: true,
          exactlyOneOf: ['raw_secret_access_key', 'raw_secret_access_key_wo'],
        },
        ...writeOnly('raw_secret_access_key', 'Secret access key.', {
          change: 'sets the credential again',
          own: true,
          value: { exactlyOneOf: ['raw_secret_access_key', 'raw_secret_access_key_wo'] },
        }),
      },
    },
  },
  importId: 'custom key store id, for example cks-1234567890abcdef0, with @region after it for another region',
});
