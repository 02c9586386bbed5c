/** Declared custom key stores against those that there are, and those that no state has. */
import { defined } from '@keystead/provider-schema/defined.ts';
import type { RunningKeyStore } from '../running/all-key-stores.ts';
import type { DeclaredResource } from '../states/declared.ts';
import { type IdentityDifference, parameter, tracing, tracingExistence } from './identity-difference.ts';
import type { Left } from './left.ts';
import type { Severity } from './severity.ts';

type Values = Readonly<Record<string, unknown>>;

/** An attribute, what the control plane says of it, and the parameters of requests that set it. */
interface Compared {
  readonly actual: (entry: RunningKeyStore['entry']) => unknown;
  readonly created: string;
  readonly updated?: string;
  readonly severity: Severity;
}

/** Keys are used elsewhere then, or under other credentials. */
const elsewhere = 'data at risk';

const attributes: Readonly<Record<string, Compared>> = {
  custom_key_store_name: {
    actual: ({ CustomKeyStoreName }) => CustomKeyStoreName,
    created: 'customKeyStoreName',
    updated: 'newCustomKeyStoreName',
    severity: 'cosmetic',
  },
  custom_key_store_type: {
    actual: ({ CustomKeyStoreType }) => CustomKeyStoreType,
    created: 'customKeyStoreType',
    severity: elsewhere,
  },
  cloud_hsm_cluster_id: {
    actual: ({ CloudHsmClusterId }) => CloudHsmClusterId,
    created: 'cloudHsmClusterId',
    updated: 'cloudHsmClusterId',
    severity: elsewhere,
  },
  xks_proxy_connectivity: proxy(({ Connectivity }) => Connectivity, 'xksProxyConnectivity'),
  xks_proxy_uri_endpoint: proxy(({ UriEndpoint }) => UriEndpoint, 'xksProxyUriEndpoint'),
  xks_proxy_uri_path: proxy(({ UriPath }) => UriPath, 'xksProxyUriPath'),
  xks_proxy_vpc_endpoint_service_name: proxy(
    ({ VpcEndpointServiceName }) => VpcEndpointServiceName,
    'xksProxyVpcEndpointServiceName',
  ),
};

type Proxy = NonNullable<RunningKeyStore['entry']['XksProxyConfiguration']>;

function proxy(of: (proxy: Proxy) => unknown, member: string): Compared {
  return {
    actual: ({ XksProxyConfiguration: configuration }) => configuration && of(configuration),
    created: member,
    updated: member,
    severity: elsewhere,
  };
}

export function compareKeyStores(
  declared: readonly DeclaredResource[],
  running: readonly RunningKeyStore[],
): readonly IdentityDifference[] {
  return declared
    .filter(({ type, deposed }) => type === 'aws_kms_custom_key_store' && !deposed)
    .flatMap((resource) => {
      const store = running.find(
        ({ region, entry }) => region === resource.region && entry.CustomKeyStoreId === resource.values.id,
      );
      return store ? changesOf(resource, store) : [missing(resource)];
    });
}

function missing({ address, region, values }: DeclaredResource): IdentityDifference {
  const id = String(values.id);
  const trace = tracingExistence(['CreateCustomKeyStore'], ['DeleteCustomKeyStore'], false);
  return {
    ...{ address, region, resourceArn: id, what: 'missing', attribute: 'custom_key_store', actual: 'gone' },
    severity: 'data at risk',
    asked: { resources: [id], trace },
  };
}

function changesOf(resource: DeclaredResource, { entry }: RunningKeyStore): readonly IdentityDifference[] {
  const { address, region, values } = resource;
  const id = String(values.id);
  return [
    ...Object.entries(attributes).flatMap(([attribute, one]) => valueChange(attribute, one, values, entry)),
    ...credentialChange(values, entry),
  ]
    .filter(({ attribute }) => !resource.ignoresChange?.(attribute))
    .map(({ trace, ...change }) => ({
      ...{ address, region, resourceArn: id, what: 'changed' },
      ...change,
      asked: { resources: [id], trace },
    }));
}

function valueChange(
  attribute: string,
  { actual: of, created, updated, severity }: Compared,
  values: Values,
  entry: RunningKeyStore['entry'],
) {
  const [declared, actual] = [values[attribute] || undefined, of(entry)];
  if (declared === undefined || declared === actual) return [];
  const leaves: Record<string, Left> = { CreateCustomKeyStore: parameter(created) };
  if (updated !== undefined) leaves.UpdateCustomKeyStore = parameter(updated);
  return [{ attribute, declared, ...defined({ actual }), severity, trace: tracing(leaves, actual) }];
}

/** The audit log does not have the credential: the newest change that gave one is the cause. */
function credentialChange({ xks_proxy_authentication_credential: blocks }: Values, entry: RunningKeyStore['entry']) {
  const [block] = (Array.isArray(blocks) ? blocks : []) as readonly { readonly access_key_id?: string }[];
  const actual = entry.XksProxyConfiguration?.AccessKeyId;
  if (block?.access_key_id === undefined || block.access_key_id === actual) return [];
  const leaves = { UpdateCustomKeyStore: () => 'given' };
  return [
    {
      ...{ attribute: 'xks_proxy_authentication_credential', declared: block.access_key_id, ...defined({ actual }) },
      ...({ severity: elsewhere, isSensitive: true } as const),
      trace: tracing(leaves, 'given'),
    },
  ];
}

export function unmanagedKeyStores(
  declared: readonly DeclaredResource[],
  running: readonly RunningKeyStore[],
): readonly IdentityDifference[] {
  const known = new Set(
    declared.flatMap(({ type, values }) => (type === 'aws_kms_custom_key_store' ? [values.id] : [])),
  );
  return running
    .filter(({ entry }) => !known.has(entry.CustomKeyStoreId))
    .map(({ region, entry: { CustomKeyStoreId: id = '', CustomKeyStoreName: name, CustomKeyStoreType: type } }) => ({
      ...{
        region,
        resourceArn: id,
        what: 'unknown to Terraform',
        attribute: 'custom_key_store',
        actual: `${name}, ${type}`,
      },
      severity: 'data at risk',
      asked: { resources: [id], trace: tracingExistence(['CreateCustomKeyStore'], [], true) },
    }));
}
