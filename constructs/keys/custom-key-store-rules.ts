/** What AWS KMS would refuse about a custom key store. Source: API reference, CreateCustomKeyStore. */
import { values } from '@keystead/provider-schema/shapes/kms/values.ts';
import type { IConstruct } from 'constructs';
import { Token } from '../cdk.ts';
import { refuse } from '../stacks/refuse.ts';
import type {
  CloudHsmClusterProps,
  CustomKeyStoreProps,
  ExternalKeyStoreProxyProps,
} from './custom-key-store-props.ts';

/** @throws Error that names the prop and what it can be. */
export function requireKeyStoreProps(at: IConstruct, props: CustomKeyStoreProps): void {
  const { customKeyStoreName: name, cloudHsmCluster: cluster, externalKeyStoreProxy: proxy } = props;
  const { max } = values.CustomKeyStoreNameType;
  if (!Token.isUnresolved(name) && (name.length === 0 || name.length > max)) {
    refuse(at, `The name of the key store has ${name.length} characters.`, `Give 1 to ${max}.`);
  }
  if ((cluster === undefined) === (proxy === undefined)) {
    const problem = cluster === undefined ? 'The key store is of neither type.' : 'The key store is of both types.';
    refuse(at, problem, 'Give either cloudHsmCluster or externalKeyStoreProxy.');
  }
  if (cluster !== undefined) requireCluster(at, cluster);
  if (proxy !== undefined) requireProxy(at, proxy);
}

function requireCluster(at: IConstruct, { clusterId }: CloudHsmClusterProps): void {
  requireShape(
    at,
    `clusterId is "${clusterId}".`,
    clusterId,
    values.CloudHsmClusterIdType,
    'Write cluster- and its id.',
  );
}

function requireProxy(at: IConstruct, proxy: ExternalKeyStoreProxyProps): void {
  const { uriEndpoint, uriPath, connectivity = 'PUBLIC_ENDPOINT', vpcEndpointServiceName: service } = proxy;
  requireShape(
    at,
    `uriEndpoint is "${uriEndpoint}".`,
    uriEndpoint,
    values.XksProxyUriEndpointType,
    'Write https:// and a host, without a path.',
  );
  requireShape(
    at,
    `uriPath is "${uriPath}".`,
    uriPath,
    values.XksProxyUriPathType,
    'Write a path that ends in /kms/xks/v1.',
  );
  // An access key id is half of a credential: the text does not repeat it.
  requireShape(
    at,
    'accessKeyId is not one of a proxy.',
    proxy.accessKeyId,
    values.XksProxyAuthenticationAccessKeyIdType,
    'Use 20 to 30 letters A to Z and digits 2 to 7.',
  );
  if (connectivity === 'VPC_ENDPOINT_SERVICE' && service === undefined) {
    refuse(at, 'The proxy is reached through a VPC endpoint service that has no name.', 'Give vpcEndpointServiceName.');
  }
  if (connectivity === 'PUBLIC_ENDPOINT' && service !== undefined) {
    refuse(at, 'The proxy is reached through its public endpoint.', 'Leave vpcEndpointServiceName out.');
  }
}

interface TextShape {
  readonly min: number;
  readonly max: number;
  readonly pattern: string;
}

function requireShape(at: IConstruct, problem: string, value: string, shape: TextShape, remedy: string): void {
  if (Token.isUnresolved(value)) return;
  const fits =
    value.length >= shape.min && value.length <= shape.max && new RegExp(`^(?:${shape.pattern})$`).test(value);
  if (!fits) refuse(at, problem, remedy);
}
