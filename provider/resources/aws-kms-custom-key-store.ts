/** `aws_kms_custom_key_store`. Password and credential cannot be read back: the state keeps what was configured. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { InputJson, OutputJson } from '@keystead/provider-schema/json-types.ts';
import { awsKmsCustomKeyStore as record } from '@keystead/provider-schema/resources/aws-kms-custom-key-store.ts';
import type { Client } from '../client/client.ts';
import { isServiceError } from '../client/service-error.ts';
import { DiagnosticError, type ResourceType } from '../engine/resource.ts';
import type { ObjectValue, Value } from '../engine/value.ts';
import { attempt, runSteps } from './shared/failures.ts';
import { finish } from './shared/finish.ts';
import { invalidImportId, splitImportId } from './shared/import-id.ts';
import { planInRegion, regionOf } from './shared/region.ts';
import { knownPart, mapOf, requireText, secretOf, textOf } from './shared/values.ts';

type KeyStore = NonNullable<OutputJson<'DescribeCustomKeyStores'>['CustomKeyStores']>[number];

export const awsKmsCustomKeyStore: ResourceType<Client> = {
  record,

  async plan({ config, prior, proposed, client }) {
    return planInRegion(client, config, prior, proposed);
  },

  async create(client, planned, config) {
    const region = regionOf(client, planned);
    const name = requireText(planned, 'custom_key_store_name');
    const { CustomKeyStoreId: id = '' } = await attempt(`creating KMS Custom Key Store (${name})`, undefined, () =>
      client.call('CreateCustomKeyStore', requestOf(planned, config, name), region),
    );
    return finish({ ...end(client, { ...knownPart(planned), id, region }, planned), failures: [] });
  },

  read: (client, state) => attempt(reading(state), undefined, () => readKeyStore(client, state)),

  async update(client, prior, planned, config) {
    const region = regionOf(client, prior);
    const id = requireText(prior, 'id');
    const changes = changesOf(prior, planned, config);
    const failures = await runSteps([
      {
        doing: `updating KMS Custom Key Store (${id})`,
        path: [changedNames(prior, planned)[0] ?? 'id'],
        when: Object.keys(changes).length > 0,
        run: () => client.call('UpdateCustomKeyStore', { CustomKeyStoreId: id, ...changes }, region),
      },
    ]);
    return finish({ ...end(client, { ...prior, region }, planned), failures });
  },

  async remove(client, state) {
    const id = requireText(state, 'id');
    await attempt(`deleting KMS Custom Key Store (${id})`, undefined, async () => {
      try {
        await client.call('DeleteCustomKeyStore', { CustomKeyStoreId: id }, regionOf(client, state));
      } catch (error) {
        if (!isServiceError(error, 'CustomKeyStoreNotFoundException')) throw error;
      }
    });
  },

  async importState(client, text) {
    const { id, region } = splitImportId(text);
    if (!/^cks-[0-9a-f]+$/.test(id)) {
      throw new DiagnosticError([invalidImportId(record.type, text, 'the custom key store id, cks-1234567890abcdef0')]);
    }
    return { id, region: region ?? client.region ?? null };
  },
};

const reading = (state: ObjectValue): string => `reading KMS Custom Key Store (${textOf(state, 'id')})`;

/** Secrets are taken from the plan, because the service never returns them. */
const end = (client: Client, known: ObjectValue, planned: ObjectValue) => ({
  planned,
  known,
  reading: reading(known),
  read: () => readKeyStore(client, { ...known, ...secretsOf(planned) }),
});

const secretsOf = (object: ObjectValue): ObjectValue => ({
  key_store_password: object.key_store_password ?? '',
  key_store_password_wo: null,
  key_store_password_wo_version: object.key_store_password_wo_version ?? null,
  xks_proxy_authentication_credential: object.xks_proxy_authentication_credential ?? [],
});

function requestOf(planned: ObjectValue, config: ObjectValue, name: string): InputJson<'CreateCustomKeyStore'> {
  return {
    CustomKeyStoreName: name,
    CustomKeyStoreType: textOf(planned, 'custom_key_store_type') as KeyStore['CustomKeyStoreType'],
    CloudHsmClusterId: textOf(planned, 'cloud_hsm_cluster_id'),
    TrustAnchorCertificate: textOf(planned, 'trust_anchor_certificate'),
    KeyStorePassword: secretOf(config, 'key_store_password'),
    XksProxyConnectivity: textOf(planned, 'xks_proxy_connectivity') as Connectivity,
    XksProxyUriEndpoint: textOf(planned, 'xks_proxy_uri_endpoint'),
    XksProxyUriPath: textOf(planned, 'xks_proxy_uri_path'),
    XksProxyVpcEndpointServiceName: textOf(planned, 'xks_proxy_vpc_endpoint_service_name'),
    XksProxyAuthenticationCredential: credentialOf(config),
  };
}

type Connectivity = InputJson<'CreateCustomKeyStore'>['XksProxyConnectivity'];

function credentialOf(config: ObjectValue): InputJson<'CreateCustomKeyStore'>['XksProxyAuthenticationCredential'] {
  const [block] = (config.xks_proxy_authentication_credential ?? []) as readonly Value[];
  if (block === undefined) return undefined;
  const credential = mapOf(block);
  return {
    AccessKeyId: requireText(credential, 'access_key_id'),
    RawSecretAccessKey: secretOf(credential, 'raw_secret_access_key') ?? '',
  };
}

function changedNames(prior: ObjectValue, planned: ObjectValue): readonly string[] {
  const text = (object: ObjectValue, name: string) => JSON.stringify(object[name] ?? null);
  return Object.keys(planned).filter((name) => text(prior, name) !== text(planned, name));
}

/**
 * Only the members that changed. A change of connectivity sends the endpoint too, as the service requires. The name of
 * a VPC endpoint service that is not configured any more is not sent: it goes with the connectivity that needed it.
 */
function changesOf(
  prior: ObjectValue,
  planned: ObjectValue,
  config: ObjectValue,
): Omit<InputJson<'UpdateCustomKeyStore'>, 'CustomKeyStoreId'> {
  const request = requestOf(planned, config, requireText(planned, 'custom_key_store_name'));
  const names = changedNames(prior, planned);
  const changed = (name: string) => names.includes(name);
  const reconnected = changed('xks_proxy_connectivity');
  const ifChanged = <T>(name: string, value: T): T | undefined => (changed(name) ? value : undefined);
  return defined({
    NewCustomKeyStoreName: ifChanged('custom_key_store_name', request.CustomKeyStoreName),
    KeyStorePassword:
      changed('key_store_password') || changed('key_store_password_wo_version') ? request.KeyStorePassword : undefined,
    XksProxyConnectivity: reconnected ? request.XksProxyConnectivity : undefined,
    XksProxyUriEndpoint: reconnected
      ? request.XksProxyUriEndpoint
      : ifChanged('xks_proxy_uri_endpoint', request.XksProxyUriEndpoint),
    XksProxyUriPath: ifChanged('xks_proxy_uri_path', request.XksProxyUriPath),
    XksProxyVpcEndpointServiceName: ifChanged(
      'xks_proxy_vpc_endpoint_service_name',
      request.XksProxyVpcEndpointServiceName,
    ),
    XksProxyAuthenticationCredential: ifChanged(
      'xks_proxy_authentication_credential',
      request.XksProxyAuthenticationCredential,
    ),
  });
}

async function readKeyStore(client: Client, state: ObjectValue): Promise<ObjectValue | null> {
  const region = regionOf(client, state);
  const store = await findKeyStore(client, requireText(state, 'id'), region);
  if (store === undefined) return null;
  const proxy = store.XksProxyConfiguration;
  return {
    ...state,
    ...secretsOf(state),
    cloud_hsm_cluster_id: store.CloudHsmClusterId ?? '',
    custom_key_store_name: store.CustomKeyStoreName ?? null,
    custom_key_store_type: store.CustomKeyStoreType ?? null,
    id: store.CustomKeyStoreId ?? null,
    region,
    timeouts: state.timeouts ?? null,
    trust_anchor_certificate: store.TrustAnchorCertificate ?? '',
    xks_proxy_connectivity: proxy?.Connectivity ?? '',
    xks_proxy_uri_endpoint: proxy?.UriEndpoint ?? '',
    xks_proxy_uri_path: proxy?.UriPath ?? '',
    xks_proxy_vpc_endpoint_service_name: proxy?.VpcEndpointServiceName ?? '',
  };
}

async function findKeyStore(client: Client, id: string, region: string): Promise<KeyStore | undefined> {
  try {
    const { CustomKeyStores } = await client.call('DescribeCustomKeyStores', { CustomKeyStoreId: id }, region);
    return CustomKeyStores?.[0];
  } catch (error) {
    if (isServiceError(error, 'CustomKeyStoreNotFoundException')) return undefined;
    throw error;
  }
}
