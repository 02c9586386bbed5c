/**
 * A custom key store: keys whose material is in a CloudHSM cluster, or in an external key manager behind a proxy.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-store-overview.html
 */
import type { Construct, IConstruct } from 'constructs';
import { type TerraformProvider, Token } from '../cdk.ts';
import { DataAwsKmsCustomKeyStore } from '../generated/data-aws-kms-custom-key-store.ts';
import { KmsCustomKeyStore } from '../generated/kms-custom-key-store.ts';
import { KeysteadConstruct } from '../stacks/keystead-construct.ts';
import { assignProvider, KeysteadProvider } from '../stacks/keystead-provider.ts';
import { refuse } from '../stacks/refuse.ts';
import type { CustomKeyStoreProps, ExternalKeyStoreProxyProps } from './custom-key-store-props.ts';
import { requireKeyStoreProps } from './custom-key-store-rules.ts';
import { type KeyOrigin, type KeySpec, keyStoreFinding, refuseOn } from './key-rules.ts';
import { secretText } from './secret-input.ts';

export type CustomKeyStoreType = 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';

/** A custom key store, declared here or elsewhere. */
export interface ICustomKeyStore extends IConstruct {
  /** `cks-…`, known when Terraform runs. */
  readonly customKeyStoreId: string;
  /** Undefined where it is declared elsewhere. */
  readonly customKeyStoreType: CustomKeyStoreType | undefined;
}

export class CustomKeyStore extends KeysteadConstruct implements ICustomKeyStore {
  readonly customKeyStoreId: string;
  readonly customKeyStoreType: CustomKeyStoreType | undefined;

  /** Operators connect the key store, not Terraform: keys can be declared in it once it is connected. */
  constructor(scope: Construct, id: string, props: CustomKeyStoreProps) {
    super(scope, id);
    requireKeyStoreProps(this, props);
    const { cloudHsmCluster: cluster, externalKeyStoreProxy: proxy } = props;
    this.customKeyStoreType = proxy === undefined ? 'AWS_CLOUDHSM' : 'EXTERNAL_KEY_STORE';
    const resource = new KmsCustomKeyStore(this, 'Resource', {
      customKeyStoreName: props.customKeyStoreName,
      customKeyStoreType: this.customKeyStoreType,
      region: props.region,
      ...(cluster === undefined
        ? {}
        : {
            cloudHsmClusterId: cluster.clusterId,
            trustAnchorCertificate: cluster.trustAnchorCertificate,
            keyStorePasswordWo: secretText(this, cluster.password),
            keyStorePasswordWoVersion: cluster.passwordVersion ?? '1',
          }),
      ...(proxy === undefined ? {} : proxyArguments(this, proxy)),
    });
    assignProvider(resource, () => props.provider ?? KeysteadProvider.of(this));
    this.customKeyStoreId = resource.id;
  }

  /** A key store that exists in the provider's account and Region, by its id. */
  static fromCustomKeyStoreId(scope: Construct, id: string, customKeyStoreId: string): ICustomKeyStore {
    return new ImportedKeyStore(scope, id, () => customKeyStoreId);
  }

  /** A key store that exists in the provider's account and Region, by its name. Looked up in every plan. */
  static fromCustomKeyStoreName(
    scope: Construct,
    id: string,
    customKeyStoreName: string,
    provider?: TerraformProvider,
  ): ICustomKeyStore {
    return new ImportedKeyStore(scope, id, (self) => {
      const lookup = new DataAwsKmsCustomKeyStore(self, 'Lookup', { customKeyStoreName });
      assignProvider(lookup, () => provider ?? KeysteadProvider.of(self));
      return lookup.customKeyStoreId;
    });
  }
}

class ImportedKeyStore extends KeysteadConstruct implements ICustomKeyStore {
  readonly customKeyStoreId: string;
  readonly customKeyStoreType = undefined;

  constructor(scope: Construct, id: string, find: (self: Construct) => string) {
    super(scope, id);
    this.customKeyStoreId = find(this);
  }
}

function proxyArguments(at: Construct, proxy: ExternalKeyStoreProxyProps) {
  return {
    xksProxyConnectivity: proxy.connectivity ?? 'PUBLIC_ENDPOINT',
    xksProxyUriEndpoint: proxy.uriEndpoint,
    xksProxyUriPath: proxy.uriPath,
    xksProxyVpcEndpointServiceName: proxy.vpcEndpointServiceName,
    xksProxyAuthenticationCredential: {
      accessKeyId: proxy.accessKeyId,
      rawSecretAccessKeyWo: secretText(at, proxy.secretAccessKey),
      rawSecretAccessKeyWoVersion: proxy.secretAccessKeyVersion ?? '1',
    },
  };
}

/** Where the key material of a key comes from that the control plane makes. */
export function originOfKeyIn(store: ICustomKeyStore | undefined): KeyOrigin | undefined {
  return store === undefined ? 'AWS_KMS' : store.customKeyStoreType;
}

interface KeyInStore {
  readonly customKeyStore?: ICustomKeyStore;
  readonly xksKeyId?: string;
  readonly multiRegion?: boolean;
  readonly enableKeyRotation?: boolean;
  readonly rotationPeriodInDays?: number;
}

/** @throws Error when no key store can hold the key. */
export function requireFittingKeyStore(at: IConstruct, key: KeyInStore, keySpec: KeySpec): void {
  const { customKeyStore: store, xksKeyId } = key;
  if (store === undefined) {
    if (xksKeyId !== undefined) refuse(at, 'xksKeyId is given without customKeyStore.', 'Name the external key store.');
    return;
  }
  const rotates = key.enableKeyRotation === true || key.rotationPeriodInDays !== undefined;
  refuseOn(at, keyStoreFinding(keySpec, key.multiRegion, rotates));
  const { customKeyStoreType: type } = store;
  if (type === 'AWS_CLOUDHSM' && xksKeyId !== undefined) {
    refuse(at, 'Keys of a CloudHSM cluster do not have an xksKeyId.', 'Leave it out.');
  }
  if (type !== 'EXTERNAL_KEY_STORE') return;
  if (xksKeyId === undefined) refuse(at, 'A key of an external key store needs its xksKeyId.', 'Give it.');
  if (!Token.isUnresolved(xksKeyId) && !/^[a-zA-Z0-9-_.]{1,128}$/.test(xksKeyId)) {
    refuse(at, `"${xksKeyId}" is not an xksKeyId.`, 'Use 1 to 128 letters, digits, hyphens, underscores and dots.');
  }
}
